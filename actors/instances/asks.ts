import type { Rank } from '../../machines/protocol/membership.ts'

/** Requests to others for recoveries, in each interval. */
export const asksMax = 64

/**
 * The requests of this replica to others to see to an instance. The watch asks it. Of thousands of ids each would be
 * asked for again and again, and whoever is to see to them would do nothing but answer. So a part of them is asked for,
 * and the others go by what becomes of those.
 */
export class Asks {
  readonly #intervalMs: number
  #sinceMs = Number.NEGATIVE_INFINITY
  #asked = 0
  /** When it is the turn of the last of those that may not be asked for now. */
  #turnMs = Number.NEGATIVE_INFINITY
  /** Replicas that were asked as often as any is, and have decided nothing since. */
  readonly #inVain = new Set<Rank>()

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs
  }

  /** @returns whether one more may be asked for now */
  take(nowMs: number): boolean {
    if (nowMs - this.#sinceMs >= this.#intervalMs) {
      this.#sinceMs = nowMs
      this.#asked = 0
    }
    return this.#asked++ < asksMax
  }

  /** How long one that may not be asked for now waits for its turn: as many have a turn in an interval as may be asked for. */
  waitMs(nowMs: number): number {
    this.#turnMs = Math.max(this.#turnMs, nowMs) + this.#intervalMs / asksMax
    return this.#turnMs - nowMs
  }

  /** Whether a replica has seen to none of those that it was asked for. */
  areInVain(of: Rank): boolean {
    return this.#inVain.has(of)
  }

  /** Notes that a replica was asked for an instance as often as any is. @returns whether it was the first */
  inVain(of: Rank): boolean {
    const isFirst = !this.#inVain.has(of)
    this.#inVain.add(of)
    return isFirst
  }

  /** Notes that an instance that was asked for was decided by a replica, or that a replica is back. */
  helped(by: Rank): void {
    this.#inVain.delete(by)
  }
}
