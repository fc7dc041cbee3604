import type { Rank } from '../../machines/protocol/membership.ts'

/** Weight of a new sample in a smoothed time. */
const sampleWeight = 0.1
/** Growth of the least time with each sample: it doubles in some 7,000. */
const forgotten = 1.0001

/** Smoothed times from a preAccept of this replica to the answers of the replicas asked to hurry. */
export class RoundTrips {
  readonly #toMs: (number | undefined)[] = []
  #shortestMs: number | undefined
  readonly #leastMs: (number | undefined)[] = []
  readonly #latestMs: (number | undefined)[] = []

  /**
   * Called when a replica has answered a preAccept for the first time.
   * @param isFirst no other has answered it before
   */
  answered(rank: Rank, isFirst: boolean, tookMs: number): void {
    if (isFirst) this.#shortestMs = smoothed(this.#shortestMs, tookMs)
    this.#latestMs[rank] = tookMs
    this.#leastMs[rank] = Math.min(tookMs, (this.#leastMs[rank] ?? tookMs) * forgotten)
    this.#toMs[rank] = smoothed(this.#toMs[rank], tookMs)
  }

  /** The time to one replica; undefined before its first answer. */
  toMs(rank: Rank): number | undefined {
    return this.#toMs[rank]
  }

  /** The latest time to one replica, which shows a disk that has just become slow there; undefined before its first answer. */
  latestMs(rank: Rank): number | undefined {
    return this.#latestMs[rank]
  }

  /**
   * Two round trips to the first replica to answer: the longest wait that can pay off.
   * @param most upper bound, ms, since an answer after an outage does not predict the next; also the result before any
   * answer
   */
  twoMs(most: number): number {
    return Math.min(most, 2 * (this.#shortestMs ?? most))
  }

  /**
   * The distance of the nearest replica: the shortest time of late, since load only adds to it.
   * @param down replicas believed down, by rank, as bits
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
