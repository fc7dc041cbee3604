import { wordsOf } from './thrown.ts'

/** Errors of one place are told at most so often: a client may cause one with each command. */
const apartMs = 60_000

/** The errors of user code, told to the operator: the first of a place at once, the others counted. */
export class Faults {
  readonly #now: () => number
  readonly #tell: (place: string, words: string, more: number) => void
  readonly #places = new Map<string, { toldMs: number; untold: number }>()

  /** @param tell called with an error, and the number of those before it that were not told */
  constructor(now: () => number, tell: (place: string, words: string, untold: number) => void) {
    this.#now = now
    this.#tell = tell
  }

  /** @param place the method that threw; there are few */
  report(place: string, error: unknown): void {
    const nowMs = this.#now()
    const found = this.#places.get(place)
    if (found !== undefined && nowMs - found.toldMs < apartMs) {
      found.untold++
      return
    }
    this.#places.set(place, { toldMs: nowMs, untold: 0 })
    this.#tell(place, wordsOf(error), found?.untold ?? 0)
  }
}
