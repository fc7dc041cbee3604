import { expect } from 'chai'
import { FlushDurations } from '../../../actors/records/flush-durations.ts'
import { FakeClock } from '../support/clock.ts'

function setUp() {
  const clock = new FakeClock()
  const durations = new FlushDurations(() => clock.now())
  const flush = (ms: number, isDurable = true) => {
    durations.began()
    clock.pass(ms)
    durations.ended(isDurable)
  }
  return { clock, durations, flush }
}

describe('flush durations', () => {
  it('are told as percentiles, the longest, and how many a second', () => {
    const { clock, durations, flush } = setUp()
    for (let count = 0; count < 98; count++) flush(1)
    flush(50)
    flush(200)
    clock.pass(10_000 - 348)
    const { p50Ms, p99Ms, maxMs, ...others } = durations.status()
    expect(p50Ms).to.be.closeTo(1, 0.01)
    expect(p99Ms).to.be.closeTo(50, 0.5)
    expect(maxMs).to.be.closeTo(200, 2)
    expect(others).to.eql({ windowMs: 10_000, count: 100, perSecond: 10, underWayMs: undefined })
  })

  it('of a part of a millisecond are told', () => {
    const { durations, flush } = setUp()
    flush(0.17)
    expect(durations.status().p50Ms).to.be.closeTo(0.17, 0.002)
  })

  it('have no percentile above the longest', () => {
    const { durations, flush } = setUp()
    flush(10.354)
    const { p50Ms, p99Ms, maxMs } = durations.status()
    expect(Math.max(p50Ms, p99Ms)).to.equal(maxMs)
  })

  it('are forgotten after 30 to 60 s', () => {
    const { clock, durations, flush } = setUp()
    flush(500)
    clock.pass(59_000)
    flush(1)
    expect(durations.status()).to.include({ windowMs: 59_501, count: 2 })
    clock.pass(500)
    expect(durations.status()).to.include({ windowMs: 30_001, count: 1 })
    expect(durations.status().maxMs).to.be.below(2)
  })

  it('of before a long silence are forgotten', () => {
    const { clock, durations, flush } = setUp()
    flush(500)
    clock.pass(300_000)
    expect(durations.status()).to.include({ windowMs: 30_000, count: 0, perSecond: 0, p50Ms: 0, p99Ms: 0, maxMs: 0 })
  })

  it('tell of a flush that does not end, and forget one that failed', () => {
    const { clock, durations, flush } = setUp()
    durations.began()
    clock.pass(7_000)
    expect(durations.status()).to.include({ count: 0, underWayMs: 7_000 })
    durations.ended(false)
    flush(3, false)
    expect(durations.status()).to.include({ count: 0, underWayMs: undefined })
  })
})
