import { expect } from 'chai'
import { eventually } from '../eventually.ts'
import type { Outcome } from './told.ts'
import { Worker } from './worker.ts'

describe('npm test: a worker', () => {
  let told: Outcome[]
  let worker: Worker
  beforeEach(() => {
    told = []
    worker = new Worker(outcome => told.push(outcome))
  })
  afterEach(() => worker.end())
  const run = (name: string, grep?: string) => worker.run({ file: `spec/support/runner/fixtures/${name}.ts`, grep })
  const words = (outcomes: readonly Outcome[]) => outcomes.map(({ type, title }) => `${title.join(' > ')}: ${type}`)
  const errorOf = (outcome: Outcome | undefined) => (outcome?.type === 'failed' ? outcome.error : undefined)

  it('tells how each spec of a file ended, at once and in all, and what was printed', async () => {
    const { outcomes, output } = await run('mixed')
    expect(words(outcomes)).to.deep.equal([
      'mixed > passes: passed',
      'mixed > is skipped: skipped',
      'mixed > differs: failed',
      'mixed > throws later: failed',
      'mixed > rejects, unheard: failed',
    ])
    expect(told).to.deep.equal(outcomes)
    expect(output).to.include('printed meanwhile')
    const [, , differs, throwsLater, rejects] = outcomes
    expect(errorOf(differs)).to.deep.include({ showDiff: true, actual: '{\n  "a": 1\n}', expected: '{\n  "a": 2\n}' })
    expect(errorOf(differs)!.stack).to.match(/mixed\.ts:9/)
    expect(errorOf(throwsLater)!.message).to.include('nobody caught it')
    expect(errorOf(rejects)!.message).to.include('nobody heard it')
  })

  it('runs those whose title matches', async () => {
    expect(words((await run('mixed', 'mixed passes')).outcomes)).to.deep.equal(['mixed > passes: passed'])
    expect((await run('mixed', 'no such')).outcomes).to.deep.equal([])
  })

  it('fails what ends its process, or cannot be loaded, and runs the next file', async () => {
    expect(words((await run('exits')).outcomes)).to.deep.equal([
      'exits > passes first: passed',
      'spec/support/runner/fixtures/exits.ts > runs to its end: failed',
    ])
    const broken = await run('broken')
    expect(words(broken.outcomes)).to.deep.equal(['spec/support/runner/fixtures/broken.ts > is loaded: failed'])
    expect(errorOf(broken.outcomes[0])!.message).to.equal('no file of specs')
    expect((await run('mixed', 'passes')).outcomes).to.have.length(1)
  })

  it('ends with itself, when it is killed, what a file of specs has started', async () => {
    const running = run('starts')
    const isThere = (pid: number): boolean => {
      try {
        return process.kill(pid, 0)
      } catch {
        return false
      }
    }
    await eventually('a process is started', () => told.length > 0)
    const started = Number(told[0]!.title.at(-1)!.split(' ')[1])
    expect(isThere(started)).to.equal(true)
    worker.kill()
    await eventually('the process has gone', () => !isThere(started))
    await running
  })
})
