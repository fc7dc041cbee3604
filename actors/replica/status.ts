import type { LinkState } from '../../machines/link/machine.ts'
import type { ReplicaState } from '../../machines/replica/machine.ts'
import type { FlushStatus } from '../records/flush-durations.ts'
import type { Counters } from '../shared/counters.ts'
import type { GateVerdict } from '../shared/gate-verdict.ts'

/** How far a replica has come. */
export interface ReplicaProgress {
  /** Instances executed here, Nops included. */
  readonly executed: number
  /** Committed and not executed. */
  readonly pending: number
  /** Seen and not committed. */
  readonly uncommitted: number
  /** Per member in order of rank: executed without a gap up to here, and known of. */
  readonly executedPrefix: readonly number[]
  readonly known: readonly number[]
}

/** What the program that hosts the replica says of its process, of late. */
export interface RuntimeStatus {
  /** So far back this reaches, ms: 30 to 60 s, or since the start. */
  readonly windowMs: number
  /** How late the event loop came to what was due. */
  readonly eventLoopDelay: { readonly p99Ms: number; readonly maxMs: number }
  /** Pauses in which garbage was collected. */
  readonly garbageCollection: { readonly count: number; readonly totalMs: number; readonly longestMs: number }
}

/** How a replica is, as `status` shows it, with all that it counts. Plain data. */
export interface ReplicaStatus extends ReplicaProgress, Readonly<Counters> {
  readonly member: number
  readonly members: readonly number[]
  readonly cluster: string
  readonly epoch: number
  readonly state: ReplicaState
  /** What failed, when it did. */
  readonly error: string | undefined
  /** `full`: the last write found no room, and until one does this replica gives no vote and takes no command. */
  readonly disk: 'ok' | 'full'
  readonly upMs: number
  readonly commandsExecuted: number
  /** Instance actors alive. */
  readonly actors: number
  /** Commands waiting to be proposed. */
  readonly queued: number
  /** Why nothing more was proposed at the end of the last turn. */
  readonly gate: GateVerdict
  readonly clients: number
  /** Instances that a live peer has executed and that are not committed here. */
  readonly lag: number
  readonly links: { readonly [member: string]: LinkState }
  /** The local snapshot, and how long ago it was taken, or read at the start; undefined before the first. */
  readonly snapshot: { readonly bytes: number; readonly agoMs: number } | undefined
  /** Bytes received, and in all, of another replica's snapshot that is on its way here. */
  readonly snapshotTransfer: { readonly received: number; readonly size: number } | undefined
  /** Instances of which something is kept here. */
  readonly records: number
  /** Per member in order of rank, records up to here are gone. */
  readonly floor: readonly number[]
  /** Own indices up to here may have been forgotten in a crash, and count as conflicting with everything; 0: none. */
  readonly restartBarrier: number
  /** Keys in the conflict index. */
  readonly indexKeys: number
  /** Sessions of clients in the replicated table. */
  readonly sessions: number
  /** The last point at which the replicas compared their states, and a hash of the state here; undefined before the first. */
  readonly compared: { readonly point: string; readonly digest: string } | undefined
  /** A hash of the state machine's state. Equal for replicas that have executed the same. Undefined of a large state: it would be encoded for that. */
  readonly digest: string | undefined
  readonly flushes: FlushStatus
  /** Undefined where the program that hosts the replica does not measure it. */
  readonly runtime: RuntimeStatus | undefined
}
