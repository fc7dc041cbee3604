import { everybody, type RankSet, rankSet } from '../../machines/protocol/addressing.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import type { Quorums } from '../../machines/protocol/quorums.ts'
import type { RoundTrips } from './round-trips.ts'

/** Round trips that differ by less count as equal. */
const alikeMs = 1
/** One in so many instances is sampled: it asks all replicas to hurry, so that the round trips to all stay known. */
const sampledOneIn = 64

/**
 * The replicas whose votes usually decide an instance soonest. A preAccept goes to all and all vote, but the others
 * need neither flush for it at once nor send a frame: acceptors may delay processing
 * ([section 8](../../machines/protocol/README.md#section-8)), and their votes ride on other flushes and frames. The
 * nearest replicas are awaited; among equals each replica awaits those that follow it, so that all share the work.
 */
export class AwaitedVotes {
  readonly #farMs: number
  readonly #quorums: Quorums
  readonly #self: Rank
  readonly #roundTrips: RoundTrips
  #asked = 0

  /** @param farMs when the nearest replica is farther away than this, all are asked to hurry; 0: always */
  constructor(quorums: Quorums, self: Rank, farMs: number, roundTrips: RoundTrips) {
    this.#roundTrips = roundTrips
    this.#farMs = farMs
    this.#quorums = quorums
    this.#self = self
  }

  /**
   * The replicas whose votes on the next instance are awaited, by rank, as bits.
   * @param down replicas believed down, likewise
   */
  forPreAccept(down: RankSet): RankSet {
    return this.#asked++ % sampledOneIn === 0 ? everybody : this.#nearest(this.#quorums.fast - 1, down)
  }

  /** The replicas whose votes on the next accept are awaited: a slow quorum decides it. */
  forAccept(down: RankSet): RankSet {
    return this.#nearest(this.#quorums.slow - 1, down)
  }

  #nearest(count: number, down: RankSet): RankSet {
    if (this.#farMs === 0) return everybody
    const { n } = this.#quorums
    const peers: Rank[] = []
    for (let step = 1; step < n; step++) {
      const rank = (this.#self + step) % n
      if (!(down & (1 << rank))) peers.push(rank)
    }
    const times = peers.map(rank => this.#roundTrips.toMs(rank))
    if (times.includes(undefined)) return everybody
    // Far apart, one more flush costs nothing in comparison, and a late vote is a loss.
    if ((this.#roundTrips.leastMs(down) ?? 0) > this.#farMs) return everybody
    const near = Math.min(...times.map(time => time!)) + alikeMs
    /** All near replicas count as equal. */
    const distance = (rank: Rank) => Math.max(near, this.#roundTrips.toMs(rank)!)
    peers.sort((a, b) => distance(a) - distance(b))
    return rankSet(peers.slice(0, count))
  }
}
