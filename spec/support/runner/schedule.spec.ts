import { expect } from 'chai'
import { UsageError } from '../parse-args.ts'
import { specFiles } from './files.ts'
import { Schedule } from './schedule.ts'

describe('npm test: which files, and when', () => {
  it('of files with real processes one is under way; slow ones begin early', () => {
    const files = ['spec/a.spec.ts', 'spec/b.spec.ts', 'spec/cluster/x.spec.ts', 'spec/cluster/y.spec.ts']
    const schedule = new Schedule(files, ['spec/b'])
    expect([1, 2, 3, 4].map(() => schedule.next())).to.deep.equal([
      'spec/cluster/x.spec.ts',
      'spec/b.spec.ts',
      'spec/a.spec.ts',
      undefined,
    ])
    schedule.done('spec/a.spec.ts')
    expect(schedule.next()).to.equal(undefined)
    schedule.done('spec/cluster/x.spec.ts')
    expect(schedule.next()).to.equal('spec/cluster/y.spec.ts')
    expect(schedule.next()).to.equal(undefined)
  })

  it('finds files by patterns, and says which matches none', () => {
    expect(specFiles(['spec/support/*/*.spec.ts'], ['**/worker.*'])).to.deep.equal([
      'spec/support/runner/schedule.spec.ts',
    ])
    expect(specFiles(['./spec/support/**'], [])).to.have.length(2)
    expect(() => specFiles(['spec/nowhere/**'], [])).to.throw(UsageError, 'spec/nowhere/**')
  })
})
