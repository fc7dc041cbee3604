/** Ids a second that may be heard of before anybody has sent a message about them. */
const perSecond = 256
/** And at once. */
const atOnceMax = 256

/**
 * The budget of ids that are heard of before any message about them has come, for each row
 * ([rule 7.3](../../machines/protocol/README.md#rule-7-3)). Each of them has to be looked for, and recovered if nobody has
 * it: one that lies about numbers must not make thousands of them within a moment.
 */
export class GapBudget {
  readonly #now: () => number
  readonly #most: number
  readonly #rows: { left: number; sinceMs: number }[]

  /** @param most ids that may come at once, if they are fewer than the bound of all */
  constructor(n: number, most: number, now: () => number) {
    this.#now = now
    this.#most = Math.min(most, atOnceMax)
    this.#rows = Array.from({ length: n }, () => ({ left: this.#most, sinceMs: now() }))
  }

  /** Number of ids that may be skipped in a row now. */
  left(rank: number): number {
    const row = this.#rows[rank]!
    const nowMs = this.#now()
    row.left = Math.min(this.#most, row.left + ((nowMs - row.sinceMs) * perSecond) / 1_000)
    row.sinceMs = nowMs
    return Math.floor(row.left)
  }

  /** Called when so many ids of a row were skipped. */
  skipped(rank: number, count: number): void {
    if (count <= 0) return
    const left = this.left(rank)
    this.#rows[rank]!.left = Math.max(0, left - count)
  }
}
