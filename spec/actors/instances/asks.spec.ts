import { expect } from 'chai'
import { Asks } from '../../../actors/instances/asks.ts'

describe('asks for recoveries', () => {
  it('are so many in an interval, and no more', () => {
    const asks = new Asks(100)
    const taken = (nowMs: number) => Array.from({ length: 1_000 }, () => asks.take(nowMs)).filter(Boolean).length
    expect([taken(0), taken(99), taken(100), taken(1_000)]).to.eql([64, 0, 64, 64])
  })

  it('give those that wait a turn each: as many in an interval as may be asked for', () => {
    const asks = new Asks(100)
    const waits = Array.from({ length: 640 }, () => asks.waitMs(50))
    expect(waits.filter(wait => wait <= 100)).to.have.length(64)
    expect(waits.at(-1)).to.be.closeTo(1_000, 1)
    expect(asks.waitMs(5_000), 'all have had theirs').to.be.below(2)
  })

  it('are in vain with one that was asked three times for one, until it decides one or is back', () => {
    const asks = new Asks(100)
    expect(asks.areInVain(2)).to.equal(false)
    expect([asks.inVain(2), asks.inVain(2)], 'the first says so').to.eql([true, false])
    expect([asks.areInVain(2), asks.areInVain(1)]).to.eql([true, false])
    asks.helped(2)
    expect(asks.areInVain(2)).to.equal(false)
  })
})
