import type { Rank } from '../../machines/protocol/membership.ts'

/** What a new sample weighs in a smoothed time. */
const sampleWeight = 0.1
/** By so much the least time is forgotten with each sample: by half in some 7,000. */
const forgotten = 1.0001

/** Smoothed times from a preAccept of this replica to its answers, of those who were asked to hurry. */
export class RoundTrips {
  readonly #toMs: (number | undefined)[] = []
  #shortestMs: number | undefined
  readonly #leastMs: (number | undefined)[] = []

  /** A replica has answered a preAccept for the first time. @param isFirst nobody else has before */
  answered(rank: Rank, isFirst: boolean, tookMs: number): void {
    if (isFirst) this.#shortestMs = smoothed(this.#shortestMs, tookMs)
    this.#leastMs[rank] = Math.min(tookMs, (this.#leastMs[rank] ?? tookMs) * forgotten)
    this.#toMs[rank] = smoothed(this.#toMs[rank], tookMs)
  }

  /** To one replica; undefined before its first answer. */
  toMs(rank: Rank): number | undefined {
    return this.#toMs[rank]
  }

  /**
   * Two to whoever answers first: as long as it pays to wait for something better.
   * @param most no longer than this, ms, for what was answered after an outage says nothing of the next; so long, too, before
   * anything is known
   */
  twoMs(most: number): number {
    return Math.min(most, 2 * (this.#shortestMs ?? most))
  }

  /**
   * How far away the nearest is, where load makes all wait: the least that it took in a while.
   * @param down those believed down, by rank, as bits
   */
  leastMs(down: number): number | undefined {
    let least: number | undefined
    this.#leastMs.forEach((ms, rank) => {
      if (ms !== undefined && !(down & (1 << rank))) least = Math.min(ms, least ?? ms)
    })
    return least
  }
}

const smoothed = (before: number | undefined, sample: number): number =>
  before === undefined ? sample : before * (1 - sampleWeight) + sample * sampleWeight
