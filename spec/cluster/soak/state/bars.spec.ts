import { expect } from 'chai'
import { Latencies } from '../../../../examples/bench/latencies.ts'
import { barsOf } from './bars.ts'
import type { StateMeasures } from './measures.ts'
import { Window } from './window.ts'

const mib = 1024 * 1024
const quiet = { ...new Window(Latencies.empty()).end(), silenceMs: 100, p999Ms: 100 }
const good: StateMeasures = {
  keys: 10,
  valueBytes: 100,
  clients: 1,
  dataBytes: 10 * mib,
  fill: quiet,
  rounds: [],
  ratio: 0.8,
  judged: quiet,
  parts: [],
  crash: quiet,
  looks: {
    replicas: [{ id: 1, loop: { longestMs: 50, p99Ms: 1 }, residentMax: 200 * mib, silentLooks: 0 }],
    suspicions: [],
    stalls: [],
  },
  ownLoopMs: 0,
  laggard: undefined,
  backup: undefined,
  restart: { replicas: [{ id: 1, voteMs: 5_000 }], answerMs: 4_000, inStepMs: 9_000 },
  stopsMs: [2_000],
  equal: { by: 'digest', keysRead: 10, differences: [] },
  unexpectedEnds: [],
}
const missedOf = (change: Partial<StateMeasures>): readonly string[] =>
  barsOf({ ...good, ...change })
    .filter(({ isMet }) => isMet === false)
    .map(({ name }) => name)

describe('soak of a state: bars', () => {
  it('are met at their bounds', () => {
    expect(missedOf({})).to.eql([])
    expect(barsOf(good).map(({ isMet }) => isMet)).to.eql(Array(10).fill(true))
  })

  it('are missed one by one', () => {
    const { looks } = good
    const [replica] = looks.replicas
    const loop = { longestMs: 51, p99Ms: 1 }
    const found = [
      missedOf({ judged: { ...quiet, silenceMs: 101 } }),
      missedOf({ judged: { ...quiet, p999Ms: 101 } }),
      missedOf({ judged: { ...quiet, failures: { unavailable: 1 } } }),
      missedOf({ crash: { ...quiet, failures: { unknown: 1 } } }),
      missedOf({ looks: { ...looks, suspicions: ['one'] } }),
      missedOf({ looks: { ...looks, replicas: [{ ...replica!, loop }] } }),
      missedOf({ ratio: 0.79 }),
      missedOf({ looks: { ...looks, replicas: [{ ...replica!, residentMax: 201 * mib }] } }),
      missedOf({ restart: { ...good.restart!, answerMs: 5_001 } }),
      missedOf({ stopsMs: [100, 2_001] }),
      missedOf({ equal: { ...good.equal, differences: ['key1'] } }),
    ]
    for (const names of found) expect(names).to.have.lengthOf(1)
    expect(new Set(found.flat()).size).to.equal(10)
  })

  it('judge no silence after a kill, and nothing that was not measured', () => {
    expect(missedOf({ crash: { ...quiet, silenceMs: 5_000, p999Ms: 5_000 } })).to.eql([])
    const unmeasured = barsOf({ ...good, ratio: undefined, restart: undefined, stopsMs: [] })
    expect(unmeasured.filter(({ isMet }) => isMet === undefined)).to.have.lengthOf(3)
  })
})
