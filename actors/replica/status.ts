import type { LinkState } from '../../machines/link/machine.ts'
import type { ReplicaState } from '../../machines/replica/machine.ts'
import type { DiskState } from '../records/disk-health.ts'
import type { FlushStatus } from '../records/flush-durations.ts'
import type { Counters } from '../shared/counters.ts'
import type { GateVerdict } from '../shared/gate-verdict.ts'
import type { ReadsVerdict } from '../shared/reads-verdict.ts'
import type { StallsStatus } from '../shared/stalls.ts'

/** The progress of a replica. */
export interface ReplicaProgress {
  /** Instances executed here, Nops included. */
  readonly executed: number
  /** Instances committed and not executed. */
  readonly pending: number
  /** Instances seen and not committed. */
  readonly uncommitted: number
  /** Per member in order of rank, the index up to which all are executed, and the highest known. */
  readonly executedPrefix: readonly number[]
  readonly known: readonly number[]
}

/** Recent measurements of the process that hosts the replica. */
export interface RuntimeStatus {
  /** Length of the window measured, ms: 30 to 60 s, or since the start. */
  readonly windowMs: number
  /** Delay of the event loop. */
  readonly eventLoopDelay: { readonly p99Ms: number; readonly maxMs: number }
  /** Pauses for garbage collection. */
  readonly garbageCollection: { readonly count: number; readonly totalMs: number; readonly longestMs: number }
}

/** The status of a replica, as `status` shows it, with all its counters. Plain data. */
export interface ReplicaStatus extends ReplicaProgress, Readonly<Counters> {
  readonly member: number
  readonly members: readonly number[]
  readonly cluster: string
  readonly epoch: number
  readonly state: ReplicaState
  /** The error that stopped the replica, if one did. */
  readonly error: string | undefined
  /**
   * `full`: the last write found no room. `stalled`: a flush takes longer than the suspicion time. Until that is over
   * this replica gives no vote and takes no command.
   */
  readonly disk: DiskState
  readonly upMs: number
  /** How far the own time of day is ahead of those of a quorum, in ms; undefined while too few are known. */
  readonly clockAheadMs: number | undefined
  readonly commandsExecuted: number
  /** Instance actors alive. */
  readonly actors: number
  /** Commands waiting to be proposed. */
  readonly queued: number
  /** The reason why nothing more was proposed at the end of the last turn. */
  readonly gate: GateVerdict
  /** Reads by quorum that are not answered, and what the oldest of them waits for. */
  readonly readsWaiting: {
    readonly count: number
    readonly verdict: ReadsVerdict
    /** The instance that it waits for, and whose it is. */
    readonly awaits: { readonly member: number; readonly index: number } | undefined
    /** The members that have not answered its round. */
    readonly unanswered: readonly number[]
  }
  /** Connections whose next command would change what a read before it waits to see (rule 5a.7). */
  readonly heldByReads: number
  readonly clients: number
  /** Instances that a live peer has executed and that are not committed here. */
  readonly lag: number
  /** Whether all that a quorum had executed when it was first heard is executed here, since this replica votes. */
  readonly caughtUp: boolean
  readonly links: { readonly [member: string]: LinkState }
  /** Size and age of the latest checkpoint, since it was durable, or read at the start; undefined before the first. */
  readonly snapshot: { readonly bytes: number; readonly agoMs: number } | undefined
  /** Bytes received, and in total, of another replica's checkpoint that is being fetched. */
  readonly snapshotTransfer: { readonly received: number; readonly size: number } | undefined
  /** Instances with an entry here. */
  readonly records: number
  /** Per member in order of rank, the index up to which records are gone. */
  readonly floor: readonly number[]
  /**
   * The highest own index that may have been forgotten in a crash; all up to it count as conflicting with everything.
   * 0: none.
   */
  readonly restartBarrier: number
  /**
   * Keys in the conflict index: those of the last seconds while all members are up, and all that were touched since one went away.
   */
  readonly indexKeys: number
  /** The members that are away, so that no key leaves the conflict index. */
  readonly indexHeldBy: readonly number[]
  /** Sessions of clients in the replicated table. */
  readonly sessions: number
  /**
   * The last point at which the replicas compared their states, and a hash of the state here; undefined before the
   * first.
   */
  readonly compared: { readonly point: string; readonly digest: string } | undefined
  /**
   * A hash of the state machine's state, equal for replicas that have executed the same. Undefined for a large state,
   * which would have to be encoded for it.
   */
  readonly digest: string | undefined
  /** The reason why the state machine gave no state when it was last asked: no records are let go until it does. */
  readonly snapshotError: string | undefined
  readonly flushes: FlushStatus
  /** Times in which the event loop of the process stood still; none where nobody measures it. */
  readonly stalls: StallsStatus
  /** Undefined where the program that hosts the replica does not measure it. */
  readonly runtime: RuntimeStatus | undefined
}
