import { expect } from 'chai'
import { RoundTrips } from '../../../actors/instances/round-trips.ts'

describe('round trips', () => {
  it('are not known before the first answer', () => {
    const roundTrips = new RoundTrips()
    expect([roundTrips.toMs(1), roundTrips.leastMs(0), roundTrips.twoMs(50)]).to.eql([undefined, undefined, 50])
  })

  it('are smoothed, each and that of whoever answers first', () => {
    const roundTrips = new RoundTrips()
    roundTrips.answered(1, true, 10)
    roundTrips.answered(2, false, 30)
    roundTrips.answered(2, true, 20)
    expect(roundTrips.toMs(1)).to.equal(10)
    expect(roundTrips.toMs(2)).to.equal(29)
    expect(roundTrips.twoMs(50)).to.equal(22)
    expect(roundTrips.twoMs(20)).to.equal(20)
  })

  it('the least says how far away the nearest is under load, too, and is forgotten in the end', () => {
    const roundTrips = new RoundTrips()
    roundTrips.answered(1, true, 1)
    for (let times = 0; times < 1_000; times++) roundTrips.answered(1, true, 30)
    expect(roundTrips.twoMs(100)).to.be.closeTo(60, 0.02)
    expect(roundTrips.leastMs(0)).to.be.closeTo(1.1, 0.01)
    for (let times = 0; times < 40_000; times++) roundTrips.answered(1, true, 30)
    expect(roundTrips.leastMs(0)).to.equal(30)
  })

  it('the least is that of those who live', () => {
    const roundTrips = new RoundTrips()
    roundTrips.answered(1, true, 1)
    roundTrips.answered(2, false, 50)
    expect([roundTrips.leastMs(0), roundTrips.leastMs(0b010), roundTrips.leastMs(0b110)]).to.eql([1, 50, undefined])
  })
})
