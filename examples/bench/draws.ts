import type { Random } from '../../index.ts'

/** Times between the arrivals of a Poisson process: exponential, of mean `1 / rate`, in the unit of the rate. */
export const poissonGaps =
  (rate: number, random: Random): (() => number) =>
  () =>
    // 1 - x is never 0.
    -Math.log(1 - random()) / rate

/** Whole numbers from 0 below `count`, all alike. */
export const uniform =
  (count: number, random: Random): (() => number) =>
  () =>
    Math.floor(random() * count)

/**
 * Whole numbers from 0 below `count` by Zipf's law: the k-th (from 1) in proportion to `1 / k ** exponent`. By the table
 * of the distribution, so it is exact for every exponent from 0 up.
 */
export function zipf(count: number, exponent: number, random: Random): () => number {
  const upTo = new Float64Array(count)
  let sum = 0
  for (let at = 0; at < count; at++) {
    sum += 1 / (at + 1) ** exponent
    upTo[at] = sum
  }
  return () => {
    const drawn = random() * sum
    let low = 0
    let high = count - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (upTo[middle]! > drawn) high = middle
      else low = middle + 1
    }
    return low
  }
}
