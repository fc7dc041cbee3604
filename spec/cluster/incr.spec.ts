import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { type CountReport, runCountTrial } from './faults/count/trial.ts'

describe('real processes: a counter under kills', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'epaxos-incr-'))
  })
  after(() => rmSync(folder, { recursive: true }))

  /** 64 clients until so many faults came and went, and retries have gone to another replica. */
  const trial = (faults: number, restartAll: boolean, seed: number): Promise<CountReport> =>
    runCountTrial({
      ...{ replicas: 3, clients: 64, timeoutMs: 15_000, seed, restartAll, folder },
      isEnough: progress => progress.faults >= faults && progress.resentElsewhere >= 10 && progress.acknowledged >= 500,
      signal: new AbortController().signal,
      told: () => {},
    })
  const expectGood = ({ objections, acknowledged, unknown, finals, resends, resentElsewhere }: CountReport) => {
    console.log(
      `      ${acknowledged} acknowledged, ${unknown} unknown, counter ${finals[0]}, ` +
        `${resends} sent again, ${resentElsewhere} of them elsewhere`,
    )
    expect(objections).to.eql([])
    expect(finals[0]).to.be.within(acknowledged, acknowledged + unknown)
  }

  it('has every acknowledged increment once, though clients send them again through other replicas', async () => {
    expectGood(await trial(3, false, 1))
  })

  it('the same when all replicas are killed at once', async () => {
    // This seed draws that first.
    const report = await trial(2, true, 2)
    expectGood(report)
    expect(report.faults).to.have.property('killAll')
  })
})
