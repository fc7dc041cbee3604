import type { Load } from './load.ts'

/** Throughput of a stretch of the load: commands a second. */
export class Pace {
  readonly #load: Load
  #answered = 0
  #atMs = 0

  /** A stretch begins now. */
  constructor(load: Load) {
    this.#load = load
    this.next()
  }

  /** Ends a stretch, and begins the next. @returns commands a second in it */
  next(): number {
    const { answered } = this.#load
    const nowMs = performance.now()
    const pace = ((answered - this.#answered) * 1_000) / (nowMs - this.#atMs)
    this.#answered = answered
    this.#atMs = nowMs
    return pace
  }
}
