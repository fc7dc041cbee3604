import { expect } from 'chai'
import fc from 'fast-check'
import { clusterClock, noReading } from '../../../machines/protocol/cluster-clock.ts'
import { quorumsOf } from '../../../machines/protocol/quorums.ts'

const seconds = (...readings: number[]) => readings.map(each => each * 1_000)

describe('the cluster clock', () => {
  it('is what the clocks of n-f members have reached', () => {
    const three = quorumsOf(3)
    expect(clusterClock(seconds(10, 12, 11), three)).to.equal(11_000)
    expect(clusterClock(seconds(10, 3_612, 11), three), 'an hour ahead').to.equal(11_000)
    expect(clusterClock(seconds(10, 12, -3_589), three), 'an hour behind').to.equal(10_000)
    expect(clusterClock(seconds(3_610, -3_590, 10, 11, 12), quorumsOf(5)), 'two of five').to.equal(11_000)
    expect(clusterClock(seconds(7), quorumsOf(1))).to.equal(7_000)
    expect(clusterClock(seconds(7, 9), quorumsOf(2)), 'no clock may be wrong').to.equal(7_000)
  })

  it('is not known until n-f readings are', () => {
    expect(clusterClock([noReading, 5, noReading], quorumsOf(3))).to.equal(undefined)
    expect(clusterClock([noReading, 5, 4], quorumsOf(3))).to.equal(4)
    expect(clusterClock([noReading, 5, 4, noReading, 3], quorumsOf(5))).to.equal(3)
  })

  it('is never outside the right clocks, whatever f others say or do not say', () => {
    const anyCase = fc.integer({ min: 1, max: 9 }).chain(n => {
      const { f } = quorumsOf(n)
      const right = fc.array(fc.integer({ min: 1_000, max: 2_000 }), { minLength: n - f, maxLength: n - f })
      const others = fc.array(fc.oneof(fc.integer(), fc.constant(noReading), fc.constant(2 ** 53 - 1)), {
        minLength: f,
        maxLength: f,
      })
      return fc.record({ n: fc.constant(n), right, others })
    })
    fc.assert(
      fc.property(anyCase, fc.func(fc.integer()), ({ n, right, others }, place) => {
        const all = [...right, ...others].map((reading, at) => ({ reading, at: place(at) }))
        const readings = all.sort((a, b) => a.at - b.at).map(({ reading }) => reading)
        const found = clusterClock(readings, quorumsOf(n))
        expect(found).to.be.within(Math.min(...right), Math.max(...right))
      }),
    )
  })
})
