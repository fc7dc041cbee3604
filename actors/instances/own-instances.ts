import type { Attempt } from '../../machines/instance/context.ts'
import { everybody, has, type RankSet } from '../../machines/protocol/addressing.ts'
import type { Dependencies } from '../../machines/protocol/dependencies.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import type { Quorums } from '../../machines/protocol/quorums.ts'
import type { Links } from '../records/links.ts'
import type { Limits } from '../shared/limits.ts'
import { AwaitedVotes } from './awaited-votes.ts'
import { FastPathWait } from './fast-path-wait.ts'
import { RoundTrips } from './round-trips.ts'

export interface OwnInstancesPorts {
  readonly self: Rank
  readonly quorums: Quorums
  readonly limits: Limits
  readonly links: Links
  now(): number
}

interface Own<B> {
  readonly batch: B
  readonly sinceMs: number
  answered: RankSet
  readonly awaited: RankSet
}

/**
 * Own instances that are not committed: what they carry, when they were proposed, whose votes are awaited, who has answered.
 * From the answers it is known how far away everybody is. Of an earlier life's instances nothing is known here.
 */
export class OwnInstances<B = unknown> {
  readonly roundTrips = new RoundTrips()
  readonly #ports: OwnInstancesPorts
  readonly #own = new Map<number, Own<B>>()
  readonly #wait: FastPathWait
  readonly #awaited: AwaitedVotes

  constructor(ports: OwnInstancesPorts) {
    this.#ports = ports
    const { self, quorums, limits } = ports
    this.#wait = new FastPathWait(limits, quorums, this.roundTrips)
    this.#awaited = new AwaitedVotes(quorums, self, limits.voteDelayMs, this.roundTrips)
  }

  /** The batch leaves as the instance with this index. */
  proposed(index: number, batch: B): void {
    const { links, now } = this.#ports
    const awaited = this.#awaited.forPreAccept(links.down())
    this.#own.set(index, { batch, sinceMs: now(), answered: 0, awaited })
  }

  /** Another replica has answered a preAccept of mine: that is how long a round trip takes. */
  answered(index: number, from: Rank): void {
    const own = this.#own.get(index)
    if (own === undefined || has(own.answered, from)) return
    // Who was not asked to hurry says nothing of how far away it is.
    if (has(own.awaited, from)) this.roundTrips.answered(from, own.answered === 0, this.#ports.now() - own.sinceMs)
    own.answered |= 1 << from
  }

  /** Whose votes on my instance with this index are waited for; of an earlier life's everybody's are. */
  awaitedForPreAccept(index: number): RankSet {
    return this.#own.get(index)?.awaited ?? everybody
  }

  /** The same of my accept at ballot 0. */
  awaitedForAccept(): RankSet {
    return this.#awaited.forAccept(this.#ports.links.down())
  }

  /** It is decided. @returns what it carried; undefined of an earlier life's, whose clients are gone */
  committed(index: number): B | undefined {
    const own = this.#own.get(index)
    this.#own.delete(index)
    return own?.batch
  }

  /** How much longer the fast path of an instance is waited for, ms (rule 3.3). */
  fastPathWaitMs(index: number, attempt: Attempt, initDep: Dependencies): number {
    const own = this.#own.get(index)
    // One of before a restart: whoever has not answered may do so now.
    const sinceMs = own === undefined ? Number.POSITIVE_INFINITY : this.#ports.now() - own.sinceMs
    return this.#wait.waitMs(sinceMs, attempt, initDep, own?.awaited ?? everybody)
  }
}
