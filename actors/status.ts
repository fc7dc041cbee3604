import type { LinkState } from '../machines/link/machine.ts'
import type { ReplicaState } from '../machines/replica/machine.ts'

/** How a replica is, as `status` shows it. Plain data. */
export interface ReplicaStatus {
  readonly member: number
  readonly members: readonly number[]
  readonly cluster: string
  readonly epoch: number
  readonly state: ReplicaState
  /** What failed, when it did. */
  readonly error: string | undefined
  readonly upMs: number
  /** Instances committed here, Nops included. */
  readonly committed: number
  /** Instances executed here, Nops included. */
  readonly executed: number
  readonly commandsExecuted: number
  /** Committed and not executed. */
  readonly pending: number
  /** Seen and not committed. */
  readonly uncommitted: number
  /** Instance actors alive. */
  readonly actors: number
  /** Own instances by the way in which they were committed since the start, and the commands in them. */
  readonly fastPath: number
  readonly slowPath: number
  readonly fastPathCommands: number
  readonly slowPathCommands: number
  /** Instances committed as Nop. */
  readonly nops: number
  /** Recoveries led here. */
  readonly recoveries: number
  /** Commands waiting to be proposed. */
  readonly queued: number
  readonly clients: number
  /** Per member in order of rank: executed without a gap up to here, and known of. */
  readonly executedPrefix: readonly number[]
  readonly known: readonly number[]
  /** Instances that a live peer has executed and that are not committed here. */
  readonly lag: number
  readonly links: { readonly [member: string]: LinkState }
  /** Messages and frames dropped at the door. */
  readonly rejected: number
  readonly lastRejection: string | undefined
  /** A hash of the state machine's state. Equal for replicas that have executed the same. */
  readonly digest: string
}
