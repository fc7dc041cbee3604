import { expect } from 'chai'
import { Donors } from '../../../actors/records/donors.ts'
import { Ledger } from '../../../actors/records/ledger.ts'
import { Links } from '../../../actors/records/links.ts'
import { Counters } from '../../../actors/shared/counters.ts'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import { CatchUp } from '../../../actors/state/catch-up.ts'
import { createMembership } from '../../../machines/protocol/membership.ts'
import type { Message } from '../../../machines/protocol/messages.ts'

/** Rank 0 of three; peers 1 and 2 have executed so much of row 1. */
function replica(executed: { readonly [peer: number]: number }) {
  let nowMs = 0
  const snapshotsOf: number[] = []
  const said: [to: number, message: Message][] = []
  const links = new Links(0, createMembership([1, 2, 3]).quorums, 0, defaultLimits.suspicionMs)
  const ledger = new Ledger(createMembership([1, 2, 3]))
  const counters = new Counters()
  const donors = new Donors(links, ledger, defaultLimits)
  const catchUp = new CatchUp({
    ledger,
    links,
    limits: defaultLimits,
    counters,
    now: () => nowMs,
    say: (to, message) => said.push([to, message]),
    transfer: { begin: donor => snapshotsOf.push(donor) },
    donors,
  })
  for (const [peer, index] of Object.entries(executed)) {
    const vector = [0, index, 0]
    links.heartbeat(Number(peer), {
      type: 'heartbeat',
      known: vector,
      executed: vector,
      canVote: true,
      inStep: true,
      raised: [0, 0, 0],
      raisedFrom: 1,
      barrier: 0,
    })
  }
  const tick = (afterMs: number) => {
    nowMs += afterMs
    catchUp.tick()
  }
  const learn = (index: number) => {
    const record = { phase: 'committed', bal: 0, abal: 0, cmd: 'nop', dep: [0, 0, 0], initDep: [0, 0, 0] } as const
    ledger.write(ledger.entry({ epoch: 1, rank: 1, index }), { ...record, initCmd: undefined })
  }
  const isFetchable = (rank: number, index: number) => donors.isFetchable(rank, index, 0)
  return { catchUp, isFetchable, tick, learn, donors: () => said.map(([to]) => to), snapshotsOf }
}
const late = defaultLimits.fetchTimeoutMs + 1

describe('catch-up', () => {
  it('nobody waits for a donor that is heard and does not answer; it is still asked again', () => {
    const { isFetchable, tick, donors } = replica({ 1: 1 })
    tick(0)
    tick(0)
    expect(isFetchable(1, 1)).to.equal(true)
    tick(late)
    expect(isFetchable(1, 1)).to.equal(false)
    expect(donors()).to.deep.equal([1, 1])
  })

  it('asks another donor first, and all of them in turn when none answers', () => {
    const { tick, donors } = replica({ 1: 9, 2: 5 })
    tick(0)
    for (let round = 0; round < 5; round++) tick(late)
    expect(donors()).to.deep.equal([1, 2, 1, 2, 1])
  })

  it('waits for a donor again once it has helped', () => {
    const { catchUp, isFetchable, tick, learn } = replica({ 1: 2 })
    tick(0)
    tick(0)
    tick(late)
    learn(1)
    catchUp.ended(1, { type: 'fetchEnd', upTo: [0, 1, 0], floor: [0, 0, 0] })
    expect(isFetchable(1, 2)).to.equal(true)
  })

  it('asks for a snapshot when the donor has no records any more of what is missing', () => {
    const { catchUp, tick, snapshotsOf } = replica({ 1: 9 })
    tick(0)
    tick(0)
    catchUp.ended(1, { type: 'fetchEnd', upTo: [0, 9, 0], floor: [0, 5, 0] })
    expect(snapshotsOf).to.deep.equal([1])
  })
})
