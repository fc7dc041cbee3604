import { expect } from 'chai'
import { FastPathWait } from '../../../actors/instances/fast-path-wait.ts'
import { RoundTrips } from '../../../actors/instances/round-trips.ts'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import { type Attempt, newAttempt } from '../../../machines/instance/context.ts'
import { everybody } from '../../../machines/protocol/addressing.ts'
import { initialBallot } from '../../../machines/protocol/ballots.ts'
import { quorumsOf } from '../../../machines/protocol/quorums.ts'

const initDep = [0, 0, 0, 0, 0]
const other = [0, 0, 0, 0, 7]
/** Replies by rank: `=` equal, `!` deviating, `.` none yet. */
const attempt = (replies: string, down = 0): Attempt => ({
  ...newAttempt(initialBallot),
  down,
  preAcceptOks: [...replies].map(each => (each === '=' ? initDep : each === '!' ? other : undefined)),
})

/** Rank 0 coordinates; what it knows of the round trips to the others, ms. */
function waitOf(roundTripsMs: readonly number[], roundTrips = new RoundTrips()): FastPathWait {
  roundTripsMs.forEach((ms, at) => {
    roundTrips.answered(at + 1, at === 0, ms)
  })
  return new FastPathWait(defaultLimits, quorumsOf(5), roundTrips)
}

describe('the wait for the fast path (3.3)', () => {
  it('before anything is known: as long as it may be', () => {
    expect(waitOf([]).waitMs(0, attempt('==!..'), initDep, everybody)).to.equal(defaultLimits.fastPathWaitMaxMs)
  })

  it('twice the shortest round trip, where all are about as near', () => {
    expect(waitOf([2, 2, 3, 3]).waitMs(2, attempt('==!..'), initDep, everybody)).to.equal(4)
    expect(waitOf([0.1, 0.1, 0.1, 0.1]).waitMs(0.1, attempt('==!..'), initDep, everybody)).to.equal(1)
  })

  it('no longer than the limit', () => {
    const wait = waitOf([80, 85, 90, 95])
    expect(wait.waitMs(85, attempt('==!..'), initDep, everybody)).to.equal(defaultLimits.fastPathWaitMaxMs)
  })

  it('not at all, when the reply that is needed is too far away', () => {
    const wait = waitOf([80, 85, 175, 178])
    expect(wait.waitMs(85, attempt('==!..'), initDep, everybody)).to.equal(0)
    // Most of its time has passed.
    expect(wait.waitMs(130, attempt('==!..'), initDep, everybody)).to.equal(50)
  })

  it('counts how many are needed still: one is near, two are not', () => {
    const wait = waitOf([80, 85, 90, 175])
    expect(wait.waitMs(85, attempt('==!..'), initDep, everybody)).to.equal(50)
    expect(wait.waitMs(85, attempt('=!!..'), initDep, everybody)).to.equal(0)
    // Nobody waits for one that is believed down.
    expect(wait.waitMs(85, attempt('==!..', 0b01000), initDep, everybody)).to.equal(0)
  })

  it('not at all for those who were not asked to hurry', () => {
    const wait = waitOf([2, 2, 3, 3])
    expect(wait.waitMs(2, attempt('==!..'), initDep, 0b00111)).to.equal(0)
    expect(wait.waitMs(2, attempt('=.=!.'), initDep, 0b00111)).to.equal(4)
    expect(wait.waitMs(2, attempt('=.!!.'), initDep, 0b00111)).to.equal(0)
  })

  it('follows what it sees', () => {
    const roundTrips = new RoundTrips()
    const wait = waitOf([2, 2, 2, 200], roundTrips)
    expect(wait.waitMs(2, attempt('=!=!.'), initDep, everybody)).to.equal(0)
    for (let times = 0; times < 60; times++) roundTrips.answered(4, false, 2)
    expect(wait.waitMs(2, attempt('=!=!.'), initDep, everybody)).to.equal(4)
  })
})
