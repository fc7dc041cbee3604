import { expect } from 'chai'
import { poissonGaps, uniform, zipf } from '../../../examples/bench/draws.ts'
import { createRandom } from '../../../examples/kv/workload/random.ts'

const draws = 100_000
const take = (draw: () => number, count = draws): number[] => Array.from({ length: count }, draw)
const counted = (values: readonly number[]): ReadonlyMap<number, number> => {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

describe('bench: draws', () => {
  it('give the same for the same seed, and something else for another', () => {
    const of = (seed: number) => [
      ...take(poissonGaps(3, createRandom(seed)), 50),
      ...take(zipf(100, 0.99, createRandom(seed)), 50),
    ]
    expect(of(7)).to.deep.equal(of(7))
    expect(of(7)).not.to.deep.equal(of(8))
  })

  it('Poisson: gaps have the mean and the spread of an exponential distribution', () => {
    const rate = 4
    const gaps = take(poissonGaps(rate, createRandom(1)))
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / draws
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / draws
    expect(mean).to.be.closeTo(1 / rate, 0.01 / rate)
    expect(Math.sqrt(variance)).to.be.closeTo(1 / rate, 0.02 / rate)
    expect(Math.min(...gaps)).to.be.at.least(0)
    // Half of all gaps are below ln 2 of the mean.
    expect(gaps.filter(gap => gap < Math.LN2 / rate).length / draws).to.be.closeTo(0.5, 0.01)
  })

  it('Zipf: the k-th is drawn in proportion to 1 / k ** exponent', () => {
    const count = 50
    for (const exponent of [0.5, 0.99, 1.5]) {
      const drawn = counted(take(zipf(count, exponent, createRandom(2))))
      const sum = take(() => 0, count).reduce((total, _, at) => total + 1 / (at + 1) ** exponent, 0)
      for (const k of [1, 2, 3, 10, count]) {
        const expected = 1 / k ** exponent / sum
        expect((drawn.get(k - 1) ?? 0) / draws, `k ${k}, exponent ${exponent}`).to.be.closeTo(expected, 0.006)
      }
      expect(Math.max(...drawn.keys())).to.be.below(count)
    }
  })

  it('Zipf of exponent 0 is uniform', () => {
    const drawn = counted(take(zipf(10, 0, createRandom(3))))
    for (let at = 0; at < 10; at++) expect(drawn.get(at)! / draws).to.be.closeTo(0.1, 0.006)
  })

  it('uniform: all alike, none beyond', () => {
    const drawn = counted(take(uniform(10, createRandom(4))))
    expect([...drawn.keys()].sort()).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    for (const count of drawn.values()) expect(count / draws).to.be.closeTo(0.1, 0.006)
  })
})
