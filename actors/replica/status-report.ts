import type { Membership } from '../../machines/protocol/membership.ts'
import type { Connections } from '../connections/connections.ts'
import { ifThereIsAState } from '../shared/user-state-machine.ts'
import type { ReplicaOptions } from './options.ts'
import type { Parts } from './parts.ts'
import type { ReplicaProgress, ReplicaStatus } from './status.ts'

/** A status contains no digest of a larger state that lies in no tables. */
const smallStateBytesMax = 8 * 1024 * 1024

export interface StatusReportPorts {
  readonly options: ReplicaOptions<unknown, unknown>
  readonly membership: Membership
  readonly parts: Pick<
    Parts,
    | 'life'
    | 'counters'
    | 'ledger'
    | 'links'
    | 'clusterClock'
    | 'disk'
    | 'durations'
    | 'stalls'
    | 'stateMachine'
    | 'state'
    | 'proposals'
    | 'comparison'
    | 'execution'
    | 'watch'
    | 'barrier'
    | 'instances'
    | 'gate'
    | 'reads'
    | 'checkpoints'
    | 'eviction'
    | 'caughtUp'
    | 'transfer'
    | 'catchUp'
  >
}

/** The connections of clients, as the status counts them. */
type ClientsStatus = Pick<Connections, 'size' | 'heldByReads'>

/** Makes the status of a replica, for clients and for the program that hosts it. */
export class StatusReport {
  readonly #ports: StatusReportPorts
  readonly #startedMs: number

  constructor(ports: StatusReportPorts) {
    this.#ports = ports
    this.#startedMs = ports.options.clock.now()
  }

  /** The progress of this replica: the part of its status that costs nothing. */
  progress(): ReplicaProgress {
    const { execution, watch, ledger } = this.#ports.parts
    return {
      executed: execution.count,
      pending: execution.pending,
      uncommitted: watch.size,
      executedPrefix: execution.prefix,
      known: ledger.known,
    }
  }

  /**
   * A hash of the whole state of the state machine as it is now. Equal states have equal hashes. One without tables encodes
   * its state for it.
   * @throws StateMachineError `snapshotFailed`
   */
  digest(): string {
    return this.#ports.parts.state.digestOfStateMachine()
  }

  /** The status, encoded for a client. */
  encoded(clients: ClientsStatus): Uint8Array {
    return new TextEncoder().encode(JSON.stringify(this.of(clients)))
  }

  /** The status of the replica now. */
  of(clients: ClientsStatus): ReplicaStatus {
    const { options, membership, parts } = this.#ports
    const digest = this.#isSmall && !parts.state.isReplaced ? ifThereIsAState(() => this.digest()) : undefined
    const { members, epoch } = membership
    const { life, disk, links, proposals, execution, ledger } = parts
    return {
      member: options.id,
      members,
      cluster: life.cluster,
      epoch,
      state: life.state,
      error: life.error?.message,
      disk: disk.state,
      upMs: Math.round(options.clock.now() - this.#startedMs),
      clockAheadMs: parts.clusterClock.aheadMs,
      commandsExecuted: execution.commands,
      ...this.progress(),
      actors: parts.instances.live,
      queued: proposals.length,
      gate: life.votes ? parts.gate.latest : 'notVoting',
      readsWaiting: this.#readsWaiting(),
      heldByReads: clients.heldByReads,
      clients: clients.size,
      lag: parts.catchUp.lag,
      caughtUp: parts.caughtUp.isReached,
      snapshot: parts.checkpoints.summary,
      snapshotTransfer: parts.transfer.progress,
      records: ledger.size,
      floor: ledger.floor,
      restartBarrier: parts.barrier.top,
      indexKeys: ledger.indexKeys,
      indexHeldBy: parts.eviction.heldBy.map(rank => members[rank]!),
      sessions: parts.state.clients.size,
      links: Object.fromEntries(links.peers.map(rank => [members[rank]!, links.state(rank)])),
      compared: parts.comparison.latest,
      digest,
      snapshotError: parts.stateMachine.snapshotError,
      flushes: parts.durations.status(),
      stalls: parts.stalls.status(),
      runtime: options.runtime?.(),
      ...parts.counters,
    }
  }

  #readsWaiting(): ReplicaStatus['readsWaiting'] {
    const { members } = this.#ports.membership
    const { waiting: count, verdict, awaits, unanswered } = this.#ports.parts.reads.standing
    return {
      count,
      verdict,
      awaits: awaits && { member: members[awaits.rank]!, index: awaits.index },
      unanswered: unanswered.map(rank => members[rank]!),
    }
  }

  /**
   * Whether the digest costs little: it is kept in tables, or the state is small enough to be encoded for each status.
   * Before the first snapshot little was executed.
   */
  get #isSmall(): boolean {
    if (this.#ports.parts.stateMachine.tables !== undefined) return true
    return (this.#ports.parts.checkpoints.summary?.bytes ?? 0) < smallStateBytesMax
  }
}
