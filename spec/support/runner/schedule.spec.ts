import { expect } from 'chai'
import { UsageError } from '../parse-args.ts'
import { specFiles } from './files.ts'
import { Schedule } from './schedule.ts'

describe('npm test: which files, and when', () => {
  it('of files with real processes two are under way, one of them on default ports; slow ones begin early', () => {
    const [a, b, start, secret, x, y] = [
      'spec/a.spec.ts',
      'spec/b.spec.ts',
      'spec/cluster/start.spec.ts',
      'spec/cluster/secret.spec.ts',
      'spec/cluster/x.spec.ts',
      'spec/cluster/y.spec.ts',
    ] as const
    const schedule = new Schedule([a, b, x, y, start, secret], [b])
    expect([1, 2, 3, 4, 5].map(() => schedule.next())).to.deep.equal([start, x, b, a, undefined])
    schedule.done(a)
    expect(schedule.next()).to.equal(undefined)
    schedule.done(x)
    expect(schedule.next(), 'not the other one on default ports').to.equal(y)
    schedule.done(y)
    expect(schedule.next()).to.equal(undefined)
    schedule.done(start)
    expect(schedule.next()).to.equal(secret)
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
