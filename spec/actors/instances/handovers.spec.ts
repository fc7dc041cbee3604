import { expect } from 'chai'
import { Handovers } from '../../../actors/instances/handovers.ts'
import { initialRecord } from '../../../machines/protocol/record.ts'
import { commandOf, idOf, ledgerOf, put } from '../support/ledger.ts'

/** Own instances of rank 0 that are accepted at ballot 0 and wait for a slow flush here, among many of others. */
function setUp(own: readonly number[], ofOthers: number) {
  const { ledger } = ledgerOf(3)
  const accept = (rank: number, index: number) => {
    const entry = ledger.entry(idOf(rank, index))
    const record = initialRecord(3)
    ledger.write(entry, { ...record, phase: 'accepted', cmd: commandOf(put('k')), initCmd: commandOf(put('k')) })
  }
  for (const index of own) accept(0, index)
  for (let index = 1; index <= ofOthers; index++) accept(1, index)
  const looked: number[] = []
  const asked: [helper: number, index: number][] = []
  const rows = [own, Array.from({ length: ofOthers }, (_, at) => at + 1), []]
  const handovers = new Handovers({
    self: 0,
    limits: { recoveryDelayMs: 100 },
    timers: { now: () => 0, set: () => ({ at: 0, cancelled: false }) },
    ledger,
    links: { live: () => [0, 1, 2], slow: () => false },
    disk: { isSlow: true, flushMs: 10_000 },
    own: { roundTrips: { latestMs: () => 1 } as never },
    watch: {
      *indices(rank) {
        for (const index of rows[rank]!) {
          looked.push(rank)
          yield index
        }
      },
    },
    commits: { volatileOf: () => [] as never },
    ask: (helper, index) => asked.push([helper, index]),
    now: () => 0,
  })
  return { handovers, looked, asked }
}

describe('handovers of own instances that wait for a slow flush', () => {
  it('look at own ids alone: every turn looks, and a disk that hangs leaves thousands of others uncommitted', () => {
    const { handovers, looked, asked } = setUp([1, 2], 5_000)
    handovers.look()
    expect(asked.map(([, index]) => index)).to.deep.equal([1, 2])
    expect(looked).to.deep.equal([0, 0])
    handovers.look()
    expect(asked, 'not asked again before its time').to.have.length(2)
    expect(looked).to.have.length(4)
  })
})
