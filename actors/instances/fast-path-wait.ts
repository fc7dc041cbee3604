import type { Attempt } from '../../machines/instance/context.ts'
import type { Dependencies } from '../../machines/protocol/dependencies.ts'
import { lackedByFastPath } from '../../machines/protocol/fast-path.ts'
import type { Quorums } from '../../machines/protocol/quorums.ts'
import type { Limits } from '../shared/limits.ts'
import type { RoundTrips } from './round-trips.ts'

/**
 * The length of the wait for the fast path once a slow quorum has answered (rule 3.3). It is about twice the shortest
 * round trip, since the accept that would follow takes at least one. It is zero when the replies that could still make
 * it fast are farther away, as between continents, or come from replicas that were not asked to hurry.
 */
export class FastPathWait {
  readonly #limits: Limits
  readonly #quorums: Quorums
  readonly #roundTrips: RoundTrips

  constructor(limits: Limits, quorums: Quorums, roundTrips: RoundTrips) {
    this.#limits = limits
    this.#quorums = quorums
    this.#roundTrips = roundTrips
  }

  /**
   * The remaining wait for the fast path of an instance, ms.
   * @param sinceMs the time since its preAccept
   * @param awaited replicas asked to hurry, by rank, as bits; nothing waits for the others
   */
  waitMs(sinceMs: number, attempt: Attempt, initDep: Dependencies, awaited: number): number {
    const longest = Math.max(1, this.#roundTrips.twoMs(this.#limits.fastPathWaitMaxMs))
    return this.#expectedMs(attempt, initDep, awaited) - sinceMs > longest ? 0 : longest
  }

  /** The time after which enough of the missing replies can have arrived; zero for a replica of unknown round trip. */
  #expectedMs({ preAcceptOks, down }: Attempt, initDep: Dependencies, awaited: number): number {
    const expected: number[] = []
    for (let rank = 0; rank < this.#quorums.n; rank++)
      if (preAcceptOks[rank] === undefined && awaited & ~down & (1 << rank))
        expected.push(this.#roundTrips.toMs(rank) ?? 0)
    expected.sort((a, b) => a - b)
    return expected[lackedByFastPath(preAcceptOks, initDep, this.#quorums) - 1] ?? Number.POSITIVE_INFINITY
  }
}
