import { expect } from 'chai'
import { Distrust } from '../../../actors/records/distrust.ts'
import type { ReplicaEvent } from '../../../actors/shared/events.ts'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import { NOP } from '../../../machines/protocol/commands.ts'
import { createMembership } from '../../../machines/protocol/membership.ts'
import { commandOf, idOf, put } from '../support/ledger.ts'

const { distrustMs } = defaultLimits
const id = idOf(0, 1)
const cmd = commandOf(put('x'))

/** The distrust of one of five, and what its operator is told. */
function setUp() {
  const told: ReplicaEvent[] = []
  const clock = { now: 0 }
  const distrust = new Distrust({
    membership: createMembership([1, 2, 3, 4, 5]),
    limits: defaultLimits,
    now: () => clock.now,
    log: event => told.push(event),
  })
  return { distrust, told, clock }
}

describe('distrust (rule 7.2)', () => {
  it('isolates who contradicts for a while, and says so', () => {
    const { distrust, told, clock } = setUp()
    distrust.contradicted(2, 'another payload')
    expect(distrust.ignores(2)).to.equal(true)
    expect(distrust.ignores(1)).to.equal(false)
    clock.now += distrustMs
    expect(distrust.ignores(2)).to.equal(false)
    expect(told).to.deep.equal([{ code: 'peerContradicts', peer: 3, detail: 'another payload', forMs: distrustMs }])
  })

  it('tells of a refused message once in a while for each peer, and not of those that honest peers meet', () => {
    const { distrust, told, clock } = setUp()
    const commit = { type: 'commit', id, cmd, dep: [0, 0, 0, 0, 0] } as const
    distrust.refused(1, commit, { code: 'beyondWindow', text: 'beyond the index window' })
    for (let times = 0; times < 3; times++) distrust.refused(1, commit, { code: 'badValue', text: 'no such kind' })
    distrust.refused(2, commit, { code: 'badValue', text: 'no such kind' })
    clock.now += distrustMs
    distrust.refused(1, commit, { code: 'badValue', text: 'no such kind' })
    expect(told.map(event => 'peer' in event && event.peer)).to.deep.equal([2, 3, 2])
    expect(told[0]).to.include({
      code: 'messageRefused',
      message: 'commit',
      reason: 'badValue',
      detail: 'no such kind',
    })
  })

  it('a replica stops when most members have told the same other decision, and not before', () => {
    const { distrust } = setUp()
    const dep = [0, 1, 0, 0, 0]
    for (let times = 0; times < 3; times++) distrust.decidedOtherwise(1, id, cmd, dep)
    distrust.decidedOtherwise(2, id, cmd, dep)
    distrust.decidedOtherwise(3, id, NOP, [0, 0, 0, 0, 0])
    distrust.decidedOtherwise(3, id, cmd, [0, 2, 0, 0, 0])
    distrust.decidedOtherwise(3, idOf(0, 2), cmd, dep)
    expect(() => distrust.decidedOtherwise(4, id, commandOf(put('x')), dep)).to.throw('3 of 5 replicas')
  })
})
