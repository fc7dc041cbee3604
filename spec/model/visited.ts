import type { State } from './world.ts'

/**
 * The states that were met, each by 64 bits of its hash. Two states out of N share them with a probability of about
 * N * N / 2^65 in all: 3 in a million for ten million states. One that is taken for another is not explored.
 */
export class Visited {
  #slots = new Uint32Array(2 << 16)
  #size = 0

  get size(): number {
    return this.#size
  }

  /** @returns whether the state is new */
  add(state: State): boolean {
    let a = 0x9e3779b9
    let b = 0x85ebca6b
    for (let at = 0; at < state.length; at++) {
      const word = state[at]!
      a = Math.imul(a ^ word, 0xcc9e2d51)
      a = Math.imul((a << 15) | (a >>> 17), 0x1b873593)
      b = Math.imul(b ^ (word + at), 0x2c1b3c6d)
      b = Math.imul(b ^ (b >>> 15), 0x297a2d39)
      b ^= b >>> 13
    }
    a = mixed(a)
    b = mixed(b)
    // Zero stands for an empty place.
    if (a === 0 && b === 0) a = 1
    if (!this.#put(a, b)) return false
    this.#size++
    if (this.#size * 3 > this.#slots.length) this.#grow()
    return true
  }

  #put(a: number, b: number): boolean {
    const slots = this.#slots
    const last = slots.length / 2 - 1
    for (let place = a & last; ; place = (place + 1) & last) {
      const [x, y] = [slots[2 * place]!, slots[2 * place + 1]!]
      if (x === a && y === b) return false
      if (x !== 0 || y !== 0) continue
      slots[2 * place] = a
      slots[2 * place + 1] = b
      return true
    }
  }

  #grow(): void {
    const old = this.#slots
    this.#slots = new Uint32Array(old.length * 2)
    for (let at = 0; at < old.length; at += 2) if (old[at] !== 0 || old[at + 1] !== 0) this.#put(old[at]!, old[at + 1]!)
  }
}

/** The finish of MurmurHash3: every bit of the input moves every bit of the result. */
function mixed(hash: number): number {
  let h = hash ^ (hash >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
