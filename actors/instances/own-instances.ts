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
  /** When its preAccept left, or was to leave. */
  sinceMs: number
  answered: RankSet
  readonly awaited: RankSet
}

/**
 * The own instances that are not committed: their batches, the times of their proposals, the votes awaited and
 * received. The answers measure the round trip to each replica. Instances of an earlier life are unknown here.
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

  /** Notes that a batch leaves as the instance with this index. */
  proposed(index: number, batch: B): void {
    const { links, now } = this.#ports
    const awaited = this.#awaited.forPreAccept(links.down())
    this.#own.set(index, { batch, sinceMs: now(), answered: 0, awaited })
  }

  /** Called when the own vote counts: the preAccept leaves then, and not before (section 6). */
  left(index: number): void {
    const own = this.#own.get(index)
    if (own !== undefined) own.sinceMs = this.#ports.now()
  }

  /** Called when another replica has answered a preAccept of mine; it measures the round trip. */
  answered(index: number, from: Rank): void {
    const own = this.#own.get(index)
    if (own === undefined || has(own.answered, from)) return
    // The answer of a replica that was not asked to hurry does not measure its distance.
    if (has(own.awaited, from)) this.roundTrips.answered(from, own.answered === 0, this.#ports.now() - own.sinceMs)
    own.answered |= 1 << from
  }

  /** The replicas whose votes on my instance with this index are awaited; all of them for one of an earlier life. */
  awaitedForPreAccept(index: number): RankSet {
    return this.#own.get(index)?.awaited ?? everybody
  }

  /** The replicas whose votes on my accept at ballot 0 are awaited. */
  awaitedForAccept(): RankSet {
    return this.#awaited.forAccept(this.#ports.links.down())
  }

  /**
   * Called when the instance is committed.
   * @returns its batch; undefined for one of an earlier life, whose clients are gone
   */
  committed(index: number): B | undefined {
    const own = this.#own.get(index)
    this.#own.delete(index)
    return own?.batch
  }

  /** The remaining wait for the fast path of an instance, ms (rule 3.3). */
  fastPathWaitMs(index: number, attempt: Attempt, initDep: Dependencies): number {
    const own = this.#own.get(index)
    // An instance of an earlier life has waited long enough: missing answers count as possible now.
    const sinceMs = own === undefined ? Number.POSITIVE_INFINITY : this.#ports.now() - own.sinceMs
    return this.#wait.waitMs(sinceMs, attempt, initDep, own?.awaited ?? everybody)
  }
}
