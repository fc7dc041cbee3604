import { everybody, type RankSet, rankSet } from '../../machines/protocol/addressing.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import type { Quorums } from '../../machines/protocol/quorums.ts'
import type { RoundTrips } from './round-trips.ts'

/** Round trips that differ by less are alike. */
const alikeMs = 1
/** One in so many instances asks everybody to hurry: so the times of all are known, and stay true. */
const sampledOneIn = 64

/**
 * Whose votes decide an instance soonest, usually. A preAccept goes to all and all vote, but the others need not flush
 * for it at once, nor send a frame: acceptors may delay processing
 * ([section 8](../../machines/protocol/README.md#section-8)), and their votes go with what they flush and send anyway.
 * Who is nearest is awaited; among equals each replica awaits those that follow it, so that all share the work.
 */
export class AwaitedVotes {
  readonly #farMs: number
  readonly #quorums: Quorums
  readonly #self: Rank
  readonly #roundTrips: RoundTrips
  #asked = 0

  /** @param farMs who is farther away than this is asked to hurry: all are then; 0: always */
  constructor(quorums: Quorums, self: Rank, farMs: number, roundTrips: RoundTrips) {
    this.#roundTrips = roundTrips
    this.#farMs = farMs
    this.#quorums = quorums
    this.#self = self
  }

  /**
   * Whose votes on the next instance are awaited, by rank, as bits.
   * @param down those believed down, likewise
   */
  forPreAccept(down: RankSet): RankSet {
    return this.#asked++ % sampledOneIn === 0 ? everybody : this.#nearest(this.#quorums.fast - 1, down)
  }

  /** The same of an accept, of which a slow quorum decides. */
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
    // Far apart, a flush more or less is nothing, and a vote later than it could be is a loss.
    if ((this.#roundTrips.leastMs(down) ?? 0) > this.#farMs) return everybody
    const near = Math.min(...times.map(time => time!)) + alikeMs
    /** The near ones are alike. */
    const distance = (rank: Rank) => Math.max(near, this.#roundTrips.toMs(rank)!)
    peers.sort((a, b) => distance(a) - distance(b))
    return rankSet(peers.slice(0, count))
  }
}
