import type { Rank } from '../machines/protocol/membership.ts'

/** What a new sample weighs in a smoothed time. */
const sampleWeight = 0.1

/** Smoothed times from a preAccept of this replica to its answers, of those who were asked to hurry. */
export class RoundTrips {
  readonly #toMs: (number | undefined)[] = []
  #shortestMs: number | undefined

  /** A replica has answered a preAccept for the first time. @param isFirst nobody else has before */
  answered(rank: Rank, isFirst: boolean, tookMs: number): void {
    if (isFirst) this.#shortestMs = smoothed(this.#shortestMs, tookMs)
    this.#toMs[rank] = smoothed(this.#toMs[rank], tookMs)
  }

  /** To one replica; undefined before its first answer. */
  toMs(rank: Rank): number | undefined {
    return this.#toMs[rank]
  }

  /** To whoever answers first; undefined before any has. */
  get shortestMs(): number | undefined {
    return this.#shortestMs
  }
}

const smoothed = (before: number | undefined, sample: number): number =>
  before === undefined ? sample : before * (1 - sampleWeight) + sample * sampleWeight
