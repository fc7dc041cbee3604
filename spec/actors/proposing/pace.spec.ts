import { expect } from 'chai'
import { RoundTrips } from '../../../actors/instances/round-trips.ts'
import { Pace } from '../../../actors/proposing/pace.ts'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import { TimerQueue } from '../../../actors/shared/timers.ts'
import { FakeClock } from '../support/clock.ts'

interface Setting {
  readonly roundTripMs: number
  readonly inFlight?: number
  readonly length?: number
  readonly isFull?: boolean
}

/** One batch has left at 0, and `length` commands wait. */
function setUp({ roundTripMs, inFlight = 1, length = 1, isFull = false }: Setting) {
  const clock = new FakeClock()
  let turns = 0
  const timers = new TimerQueue(
    clock,
    timers => {
      expect([...timers()], 'nothing but turns').to.eql([])
      turns++
    },
    () => undefined,
  )
  const roundTrips = new RoundTrips()
  roundTrips.answered(1, true, roundTripMs)
  const proposals = { inFlight, length, fillABatch: isFull }
  let down = 0
  const pace = new Pace({ limits: defaultLimits, timers, roundTrips, proposals, links: { down: () => down } })
  pace.left()
  const believeDown = (bits: number) => {
    down = bits
  }
  return { clock, pace, proposals, roundTrips, believeDown, turns: () => turns }
}

describe('pace of batches', () => {
  it('what comes while one is under way gathers until it is committed', () => {
    const { pace, proposals } = setUp({ roundTripMs: 2 })
    expect(pace.holds()).to.equal(true)
    proposals.inFlight = 0
    expect(pace.holds()).to.equal(false)
  })

  it('for two round trips at the latest: then there is a turn', () => {
    const { clock, pace, turns } = setUp({ roundTripMs: 2 })
    expect(pace.holds()).to.equal(true)
    clock.pass(3)
    expect([pace.holds(), turns()]).to.eql([true, 0])
    clock.pass(1)
    expect([pace.holds(), turns()]).to.eql([false, 1])
  })

  it('and each batch anew', () => {
    const { clock, pace } = setUp({ roundTripMs: 2 })
    clock.pass(4)
    pace.left()
    expect(pace.holds()).to.equal(true)
  })

  it('a full batch goes', () => {
    expect(setUp({ roundTripMs: 2, isFull: true }).pace.holds()).to.equal(false)
  })

  it('not longer after an outage, in which answers took their time', () => {
    const { clock, pace, roundTrips } = setUp({ roundTripMs: 2 })
    for (let times = 0; times < 4; times++) roundTrips.answered(1, true, 30_000)
    expect(pace.holds()).to.equal(true)
    clock.pass(defaultLimits.fastPathWaitMaxMs)
    expect(pace.holds()).to.equal(false)
  })

  it('not where all who are near are down', () => {
    const { pace, roundTrips, believeDown } = setUp({ roundTripMs: 2 })
    roundTrips.answered(2, false, 50)
    expect(pace.holds()).to.equal(true)
    believeDown(0b010)
    expect(pace.holds()).to.equal(false)
  })

  it('nothing is held between sites, nor where nothing waits', () => {
    expect(setUp({ roundTripMs: defaultLimits.paceRoundTripMaxMs }).pace.holds()).to.equal(true)
    expect(setUp({ roundTripMs: defaultLimits.paceRoundTripMaxMs + 0.1 }).pace.holds()).to.equal(false)
    const { pace, turns, clock } = setUp({ roundTripMs: 2, length: 0 })
    expect(pace.holds()).to.equal(false)
    clock.pass(10)
    expect(turns()).to.equal(0)
  })
})
