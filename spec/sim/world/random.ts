import type { Random } from '../../../machines/protocol/clock.ts'

/** Draws for a simulated world, all from one seed. */
export interface Draw {
  readonly next: Random
  /** 0 <= x < 1, but a stream of its own: what one part of the world draws does not shift what another does. */
  fork(name: string): Draw
  chance(probability: number): boolean
  /** A whole number, `from` to `to`, both included. */
  whole(from: number, to: number): number
  between(from: number, to: number): number
  pick<T>(from: readonly T[]): T
  /** Exponentially distributed. */
  exponential(mean: number): number
  shuffle<T>(items: readonly T[]): T[]
}

/** sfc32, seeded by a text. */
export function createDraw(seed: string): Draw {
  let [a, b, c, d] = hash128(seed)
  function next(): number {
    const t = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return (t >>> 0) / 4294967296
  }
  for (let warm = 0; warm < 12; warm++) next()
  const draw: Draw = {
    next,
    fork: name => createDraw(`${seed}/${name}`),
    chance: probability => next() < probability,
    whole: (from, to) => from + Math.floor(next() * (to - from + 1)),
    between: (from, to) => from + next() * (to - from),
    pick: from => {
      if (from.length === 0) throw new RangeError('nothing to pick from')
      return from[Math.floor(next() * from.length)]!
    },
    exponential: mean => -Math.log(1 - next()) * mean,
    shuffle: items => {
      const result = [...items]
      for (let at = result.length - 1; at > 0; at--) {
        const other = Math.floor(next() * (at + 1))
        const kept = result[at]!
        result[at] = result[other]!
        result[other] = kept
      }
      return result
    },
  }
  return draw
}

function hash128(text: string): [number, number, number, number] {
  let [a, b, c, d] = [1779033703, 3144134277, 1013904242, 2773480762]
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    a = b ^ Math.imul(a ^ code, 597399067)
    b = c ^ Math.imul(b ^ code, 2869860233)
    c = d ^ Math.imul(c ^ code, 951274213)
    d = a ^ Math.imul(d ^ code, 2716044179)
  }
  return [a, b, c, d]
}
