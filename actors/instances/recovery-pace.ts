/** The fewest recoveries led at once: so many may be under way for a while before anything is known of their pace. */
const leastAtOnce = 16
const firstAtOnce = 32

/** Times longer than the fastest, beyond which recoveries stand in each other's way. */
const crowded = 3

/**
 * How many recoveries one replica leads at once, and how long each takes. The watch asks it. As many are led as do not
 * hold each other up: on a machine that is short of processor time a hundred at once take longer than their delay, are
 * begun anew, outbid themselves, and end never. Where flushes or the way to the others take the time, many cost no more
 * than one.
 */
export class RecoveryPace {
  readonly #most: number
  readonly #toleranceMs: number
  #atOnce: number
  /** The shortest duration since recoveries were last led: without a crowd. */
  #fastestMs: number | undefined
  /** The longest duration of late: each shorter one takes a part of the difference off it. */
  #longestMs = 0

  /** @param most the most at once @param toleranceMs a longer time is no sign of a crowd before it is so long */
  constructor(most: number, toleranceMs: number) {
    this.#most = most
    this.#toleranceMs = toleranceMs
    this.#atOnce = Math.min(most, firstAtOnce)
  }

  /** The most recoveries to lead at once now. */
  get atOnce(): number {
    return Math.floor(this.#atOnce)
  }

  /** The duration to expect of a recovery, ms; 0 while nothing is known. */
  get recentMs(): number {
    return this.#longestMs
  }

  /** A recovery that was led here has ended in a commit, so long after it was begun. */
  ended(tookMs: number): void {
    this.#longestMs = Math.max(tookMs, this.#longestMs - (this.#longestMs - tookMs) / 8)
    const fastest = this.#fastestMs
    this.#fastestMs = fastest === undefined ? tookMs : Math.min(tookMs, fastest)
    const limitMs = Math.max(crowded * this.#fastestMs, this.#toleranceMs)
    if (tookMs <= limitMs) this.#atOnce = Math.min(this.#most, this.#atOnce + 1)
    else this.#shrink(1 / this.#atOnce)
  }

  /** No recovery is led any more: the next ones may meet another disk, and other ways. */
  over(): void {
    this.#fastestMs = undefined
  }

  /** An attempt was not done in its time. */
  overdue(): void {
    this.#shrink(1 / 16)
  }

  #shrink(share: number): void {
    this.#atOnce = Math.max(Math.min(this.#most, leastAtOnce), this.#atOnce * (1 - share))
  }
}
