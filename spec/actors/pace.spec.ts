import { expect } from 'chai'
import { defaultLimits } from '../../actors/limits.ts'
import { Pace } from '../../actors/pace.ts'
import { RoundTrips } from '../../actors/round-trips.ts'
import { TimerQueue } from '../../actors/timers.ts'
import { FakeClock } from './support/clock.ts'

/** One batch has left at 0, and `length` commands wait. */
function setUp({ roundTripMs, inFlight = 1, length = 1 }: { roundTripMs: number; inFlight?: number; length?: number }) {
  const clock = new FakeClock()
  let turns = 0
  const timers = new TimerQueue(
    clock,
    run => {
      run()
      turns++
    },
    () => undefined,
  )
  const roundTrips = new RoundTrips()
  roundTrips.answered(1, true, roundTripMs)
  const proposals = { inFlight, length }
  const pace = new Pace({ limits: defaultLimits, timers, roundTrips, proposals })
  pace.left()
  return { clock, pace, proposals, turns: () => turns }
}

describe('pace of batches', () => {
  it('what comes while one is under way gathers until it is committed', () => {
    const { pace, proposals } = setUp({ roundTripMs: 2 })
    expect(pace.isHeld).to.equal(true)
    proposals.inFlight = 0
    expect(pace.isHeld).to.equal(false)
  })

  it('for two round trips at the latest: then there is a turn', () => {
    const { clock, pace, turns } = setUp({ roundTripMs: 2 })
    expect(pace.isHeld).to.equal(true)
    clock.pass(3)
    expect([pace.isHeld, turns()]).to.eql([true, 0])
    clock.pass(1)
    expect([pace.isHeld, turns()]).to.eql([false, 1])
  })

  it('and each batch anew', () => {
    const { clock, pace } = setUp({ roundTripMs: 2 })
    clock.pass(4)
    pace.left()
    expect(pace.isHeld).to.equal(true)
  })

  it('a full batch goes', () => {
    expect(setUp({ roundTripMs: 2, length: defaultLimits.batchCommandsMax - 1 }).pace.isHeld).to.equal(true)
    expect(setUp({ roundTripMs: 2, length: defaultLimits.batchCommandsMax }).pace.isHeld).to.equal(false)
  })

  it('nothing is held between sites, nor where nothing waits', () => {
    expect(setUp({ roundTripMs: defaultLimits.paceRoundTripMaxMs }).pace.isHeld).to.equal(true)
    expect(setUp({ roundTripMs: defaultLimits.paceRoundTripMaxMs + 0.1 }).pace.isHeld).to.equal(false)
    const { pace, turns, clock } = setUp({ roundTripMs: 2, length: 0 })
    expect(pace.isHeld).to.equal(false)
    clock.pass(10)
    expect(turns()).to.equal(0)
  })
})
