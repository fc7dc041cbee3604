import { expect } from 'chai'
import { barsOf } from './soak/state/bars.ts'
import { stateAsText } from './soak/state/report.ts'
import { soakState } from './soak/state/state.ts'

describe('real processes: a state under load, its short form', function () {
  this.timeout(300_000)

  it('one away and back, a backup, all killed and back: no operation fails, and the replicas are equal', async () => {
    const told: string[] = []
    const measures = await soakState({
      keys: 500,
      valueBytes: 100,
      clients: 16,
      minutes: 0.05,
      rounds: 1,
      roundSeconds: 0.5,
      share: 1,
      built: false,
      signal: new AbortController().signal,
      told: line => told.push(line),
    })
    const { fill, judged, crash, equal, laggard, backup, restart, stopsMs, unexpectedEnds, ratio } = measures
    expect(fill.answered).to.equal(500)
    expect([fill.failures, judged.failures, crash!.failures]).to.eql([{}, {}, {}])
    expect(judged.answered).to.be.above(0)
    expect(equal.differences).to.eql([])
    expect(equal.keysRead).to.equal(500)
    expect(laggard!.missed).to.be.above(0)
    expect(laggard!.inStepMs).to.be.at.least(laggard!.voteMs)
    expect(backup!.bytes).to.be.above(measures.dataBytes)
    expect(restart!.replicas.map(({ id }) => id)).to.eql([1, 2, 3])
    expect(stopsMs).to.have.lengthOf(3)
    expect(unexpectedEnds).to.eql([])
    expect(ratio).to.be.above(0)
    // How long things take says nothing on a machine that is shared: what the report says of it, does.
    const bars = barsOf(measures)
    expect(bars.find(({ name }) => name.startsWith('operations that failed'))?.isMet).to.equal(true)
    const text = stateAsText(measures, bars)
    for (const { name } of bars) expect(text).to.include(name)
    expect(told.join('\n')).to.include('equal by digest and 500 keys: yes')
  })
})
