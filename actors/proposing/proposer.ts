import type { Attempt } from '../../machines/instance/context.ts'
import { type Dependencies, normalised } from '../../machines/protocol/dependencies.ts'
import type { InstanceId } from '../../machines/protocol/instance-id.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import { greatest } from '../../machines/protocol/truncation.ts'
import type { Execution } from '../execution/execution.ts'
import { AwaitedVotes, everybody } from '../instances/awaited-votes.ts'
import { FastPathWait } from '../instances/fast-path-wait.ts'
import type { Instances } from '../instances/instances.ts'
import { RoundTrips } from '../instances/round-trips.ts'
import type { Watch } from '../instances/watch.ts'
import type { Entry, Ledger } from '../records/ledger.ts'
import type { Limits } from '../shared/limits.ts'
import type { TimerQueue } from '../shared/timers.ts'
import { Pace } from './pace.ts'
import type { Batch, Proposals } from './proposals.ts'
import type { Reservation } from './reservation.ts'

export interface ProposerPorts {
  readonly self: Rank
  readonly limits: Limits
  readonly ledger: Ledger
  readonly proposals: Proposals
  readonly execution: Execution
  readonly instances: Instances
  readonly watch: Watch
  readonly timers: TimerQueue
  readonly reservation: Reservation
  /** D0 of what is proposed is at least this (section 6, the barriers of others; section 8, level 2). */
  raised(): Dependencies
  /** Replicas believed down, by rank, as bits. */
  down(): number
}

/** Makes instances of what clients want: ids, D0, and how long the fast path is waited for. */
export class Proposer {
  readonly #ports: ProposerPorts
  /** Own instances that are not committed: their batch, when they were proposed, and who has answered, by rank, as bits. */
  readonly #own = new Map<
    number,
    { readonly batch: Batch; readonly sinceMs: number; answered: number; readonly awaited: number }
  >()
  readonly #roundTrips = new RoundTrips()
  readonly #wait: FastPathWait
  readonly #awaited: AwaitedVotes
  readonly #pace: Pace

  constructor(ports: ProposerPorts) {
    this.#ports = ports
    const { self, limits, ledger, timers, proposals } = ports
    const { quorums } = ledger.membership
    this.#wait = new FastPathWait(limits, quorums, this.#roundTrips)
    this.#awaited = new AwaitedVotes(quorums, self, limits.voteDelayMs, this.#roundTrips)
    this.#pace = new Pace({ limits, timers, proposals, roundTrips: this.#roundTrips, down: () => ports.down() })
  }

  /** Proposes the next batch, if there is one and there is room for it. */
  proposeNext(): boolean {
    const { self, limits, ledger, proposals } = this.#ports
    // Indices are never reused (B20): above all that this replica or any other has ever heard of in this row, and all that
    // an earlier life has reserved: one that was told and forgotten is decided by all, as Nop or as what others have of it.
    const index = ledger.known[self]! + 1
    // Far ahead of what is committed the others would reject it (section 7).
    if (ledger.distance(self, index) > limits.indexWindowMax / 2) return false
    if (this.#pace.holds()) return false
    const batch = proposals.take()
    if (batch === undefined) return false
    this.#pace.left()
    const { execution, instances, watch, timers } = this.#ports
    this.#ports.reservation.reserve(index)
    const id: InstanceId = { epoch: ledger.membership.epoch, rank: self, index }
    const cmd = batch.command
    const conflicting = normalised(id, greatest(ledger.conflicting(id, cmd), this.#ports.raised()))
    execution.proposed(id, batch.parcels)
    proposals.proposed(batch)
    const awaited = this.#awaited.forPreAccept(this.#ports.down())
    this.#own.set(id.index, { batch, sinceMs: timers.now(), answered: 0, awaited })
    watch.heardOf(self, id.index)
    // Rule 3.1: to all, itself included; what conflicts here is D0 itself.
    instances.send(ledger.entry(id), {
      type: 'preAccept',
      from: self,
      message: { type: 'preAccept', id, cmd, dep: conflicting },
      conflicting,
    })
    return true
  }

  /** Another replica has answered a preAccept of mine: that is how long a round trip takes. */
  answered(index: number, from: Rank): void {
    const own = this.#own.get(index)
    if (own === undefined || own.answered & (1 << from)) return
    // Who was not asked to hurry says nothing of how far away it is.
    if (own.awaited & (1 << from))
      this.#roundTrips.answered(from, own.answered === 0, this.#ports.timers.now() - own.sinceMs)
    own.answered |= 1 << from
  }

  /** Its vote on my instance with this index is waited for; of an earlier life's everybody's is. */
  isAwaited(index: number, rank: Rank): boolean {
    const own = this.#own.get(index)
    return own === undefined || (own.awaited & (1 << rank)) !== 0
  }

  /** The same of my accept at ballot 0. */
  awaitedForAccept(): number {
    return this.#awaited.forAccept(this.#ports.down())
  }

  /** @returns how many commands it carries; 0 of an earlier life's, whose clients are gone */
  committed(index: number): number {
    const own = this.#own.get(index)
    if (own === undefined) return 0
    this.#own.delete(index)
    this.#ports.proposals.committed(own.batch)
    return own.batch.parcels.reduce((sum, { proposals }) => sum + proposals.length, 0)
  }

  /** Rule 3.3: a short, bounded wait for the fast path. */
  awaitFastPath(entry: Entry, attempt: Attempt, initDep: Dependencies): void {
    const { timers, instances } = this.#ports
    const own = this.#own.get(entry.id.index)
    // One of before a restart: whoever has not answered may do so now.
    const sinceMs = own === undefined ? Number.POSITIVE_INFINITY : timers.now() - own.sinceMs
    const waitMs = this.#wait.waitMs(sinceMs, attempt, initDep, own?.awaited ?? everybody)
    const giveUp = () => {
      if (entry.record?.phase === 'preAccepted') instances.send(entry, { type: 'giveUpFastPath' })
    }
    // Its actor takes that next. A timer would take a millisecond.
    if (waitMs === 0) giveUp()
    else timers.set(waitMs, giveUp)
  }
}
