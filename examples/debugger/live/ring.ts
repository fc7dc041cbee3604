import type { Tap } from '../../../index.ts'

/** Something that a tap was told, as it was told: what it names is never changed afterwards. */
export interface Heard {
  readonly name: keyof Tap
  readonly args: readonly unknown[]
  readonly ms: number
}

/** What waits to be told, in order. When it is full the oldest go, and are counted. */
export class Ring {
  readonly #slots: (Heard | undefined)[]
  #from = 0
  #size = 0
  #lost = 0

  constructor(slots: number) {
    this.#slots = new Array<Heard | undefined>(slots).fill(undefined)
  }

  get isEmpty(): boolean {
    return this.#size === 0
  }
  /** When the oldest happened. */
  get firstMs(): number | undefined {
    return this.#slots[this.#from]?.ms
  }

  push(name: keyof Tap, args: readonly unknown[], ms: number): void {
    const max = this.#slots.length
    if (this.#size === max) {
      this.#from = (this.#from + 1) % max
      this.#size--
      this.#lost++
    }
    this.#slots[(this.#from + this.#size) % max] = { name, args, ms }
    this.#size++
  }

  shift(): Heard | undefined {
    if (this.#size === 0) return undefined
    const heard = this.#slots[this.#from]
    this.#slots[this.#from] = undefined
    this.#from = (this.#from + 1) % this.#slots.length
    this.#size--
    return heard
  }

  /** How many were lost since the last time: all of them were older than what is in the ring. */
  takeLost(): number {
    const lost = this.#lost
    this.#lost = 0
    return lost
  }

  clear(): void {
    this.#slots.fill(undefined)
    this.#from = 0
    this.#size = 0
    this.#lost = 0
  }
}
