import type { GateVerdict } from '../../../actors/shared/gate-verdict.ts'
import type { ReadsVerdict } from '../../../actors/shared/reads-verdict.ts'
import type { StallCause } from '../../../actors/shared/stall-causes.ts'
import type { TimerMove } from '../../../actors/shared/tap.ts'
import type { CommitPath } from '../../../machines/instance/context.ts'
import type { Id, Member, TracedAttempt, TracedMessage, TracedRecord } from './traced.ts'

interface Common {
  /** Since the trace began; of a simulated world its own time. By the clock of the replica that tells. */
  readonly ms: number
}
interface AtReplica extends Common {
  readonly at: Member
  /** Lamport's clock: what one event may have led to has a higher one. */
  readonly clock?: number
}

export interface Sent extends AtReplica {
  readonly kind: 'sent'
  readonly to: Member
  readonly message: TracedMessage
  /** The number of the message in this trace; `received` and `lost` have the same. */
  readonly no?: number
}
export interface Received extends AtReplica {
  readonly kind: 'received'
  readonly from: Member
  readonly message: TracedMessage
  /** Left out when its sending is not in the trace. */
  readonly no?: number
  /** The network brought it once more. */
  readonly repeated?: true
}
/** A message that will not arrive, where that is known. `at` is its sender. */
export interface Lost extends AtReplica {
  readonly kind: 'lost'
  readonly to: Member
  readonly message: TracedMessage
  readonly no?: number
  readonly why: 'loss' | 'cut' | 'down'
}
/** Dropped at the door of the receiver. */
export interface Rejected extends AtReplica {
  readonly kind: 'rejected'
  readonly from: Member
  readonly message: TracedMessage
  readonly why: string
  /** Left out in traces of older programs. */
  readonly code?: string
}
/** The statechart of an instance took an event. States are leaves joined by `/`: `preAccepted/following`, `committed`. */
export interface Stepped extends AtReplica {
  readonly kind: 'stepped'
  readonly id: Id
  readonly event: string
  readonly before: string
  readonly after: string
  /** When it changed: what is driven now; null for nothing any more. */
  readonly attempt?: TracedAttempt | null
  /** The rule by which the attempt moved on. */
  readonly rule?: string
  /** Refused by this ballot. */
  readonly nackedBy?: number
}
/** The record has changed in memory; it is durable when a flush that began later has ended. */
export interface Written extends AtReplica {
  readonly kind: 'written'
  readonly id: Id
  readonly record: TracedRecord
}
export interface FlushBegan extends AtReplica {
  readonly kind: 'flushBegan'
  readonly records: number
}
export interface FlushEnded extends AtReplica {
  readonly kind: 'flushEnded'
  readonly error?: string
}
export interface Committed extends AtReplica {
  readonly kind: 'committed'
  readonly id: Id
  readonly path: CommitPath
  readonly rule?: string
  readonly cmd: 'nop' | 'command'
  readonly dep: readonly number[]
}
/** One strongly connected component, in the order of execution. */
export interface Executed extends AtReplica {
  readonly kind: 'executed'
  readonly component: readonly Id[]
}
/** An own instance was decided Nop: its commands go out under a new id (4.7). */
export interface Resubmitted extends AtReplica {
  readonly kind: 'resubmitted'
  readonly id: Id
}
/** The timer of an uncommitted instance: what was done now, and when it is looked at again. */
export interface Timer extends AtReplica {
  readonly kind: 'timer'
  readonly id: Id
  readonly move: TimerMove
  /** Who was asked. */
  readonly of?: Member
  readonly nextMs: number
}
/** Whether commands that wait are proposed now, or why not, has changed. */
export interface GateChanged extends AtReplica {
  readonly kind: 'gate'
  readonly verdict: GateVerdict
  /** Commands that wait to be proposed. */
  readonly waiting: number
}
/** The oldest read by quorum waits for something else. */
export interface ReadsChanged extends AtReplica {
  readonly kind: 'reads'
  readonly verdict: ReadsVerdict
  /** Reads that are not answered. */
  readonly waiting: number
  /** The instance that it waits for. */
  readonly awaits?: Id
  /** Who has not answered its round. */
  readonly unanswered?: readonly Member[]
}
/** A link has changed its state: `live`, `suspected`, `unable`. */
export interface LinkChanged extends AtReplica {
  readonly kind: 'link'
  readonly peer: Member
  readonly state: string
}
export interface ReplicaChanged extends AtReplica {
  readonly kind: 'replica'
  /** `voting`, `draining`, `failed`, `stopped`, ...; `gone`: nobody answers at its endpoint. */
  readonly state: string
  /** Why it has failed. */
  readonly error?: string
}
export interface Truncated extends AtReplica {
  readonly kind: 'truncated'
  readonly level: 1 | 2
  readonly floor: readonly number[]
}
export interface SnapshotCame extends AtReplica {
  readonly kind: 'snapshot'
  readonly donor: Member
  readonly installed: boolean
}
/** The event loop of a replica stood still for so long, until now. */
export interface Stalled extends AtReplica {
  readonly kind: 'stalled'
  readonly forMs: number
  /** What held it, by its code. */
  readonly cause: StallCause
}
/** Where a replica stands when somebody begins to look: what came before is not in the trace. */
export interface Standing extends AtReplica {
  readonly kind: 'standing'
  readonly state: string
  /** Per rank, what is executed without a hole, and the highest index known. */
  readonly executed: readonly number[]
  readonly known: readonly number[]
  readonly links: readonly { readonly peer: Member; readonly state: string }[]
  /** What is not executed, the oldest first; at most as many as the sender's limit says. */
  readonly unfinished: readonly {
    readonly id: Id
    readonly state: string
    readonly record?: TracedRecord
    readonly attempt?: TracedAttempt
  }[]
  readonly more?: number
}
/** Something that was done to the cluster, or happened to it from outside. */
export interface Fault extends Common {
  readonly kind: 'fault'
  readonly what:
    | 'boot'
    | 'crash'
    | 'cut'
    | 'heal'
    | 'pause'
    | 'jump'
    | 'slow'
    | 'disk'
    | 'drop'
    | 'delay'
    | 'lies'
    | 'honest'
    | 'healed for good'
  readonly members: readonly Member[]
  /** Directed links, for `cut`, `heal`, `slow`. */
  readonly links?: readonly (readonly [from: Member, to: Member])[]
  readonly detail?: string
  /** Somebody at the page did it. */
  readonly intervention?: number
}
/** Something is not as it must be; the last event of a world. */
export interface ViolationFound extends Common {
  readonly kind: 'violation'
  readonly property: string
  /** In one sentence. */
  readonly what: string
  readonly about: readonly Id[]
}
/** So many events of a replica are missing here. */
export interface Gap extends Common {
  readonly kind: 'gap'
  readonly at: Member
  readonly events: number
  readonly why: string
}
/**
 * Above a rate only every `stride`-th instance is told of (those whose index it divides): what happened to the others
 * since the last such event, in numbers.
 */
export interface Skipped extends Common {
  readonly kind: 'skipped'
  readonly at: Member
  readonly stride: number
  readonly events: number
  readonly committed: { readonly fast: number; readonly slow: number; readonly found: number; readonly told: number }
  readonly executed: number
}
/** Says what is seen here. It stands until the next one. */
export interface Caption extends Common {
  readonly kind: 'caption'
  readonly text: string
  readonly about?: readonly Id[]
}
/** What XState tells of one instance that somebody asked to look into. */
export interface Deep extends AtReplica {
  readonly kind: 'deep'
  readonly id: Id
  readonly what: 'event' | 'microstep' | 'action' | 'snapshot'
  readonly words: string
}
/** Nothing more follows, and why. */
export interface End extends Common {
  readonly kind: 'end'
  readonly why: string
}

export type TraceEvent =
  | Sent
  | Received
  | Lost
  | Rejected
  | Stepped
  | Written
  | FlushBegan
  | FlushEnded
  | Committed
  | Executed
  | Resubmitted
  | Timer
  | GateChanged
  | ReadsChanged
  | LinkChanged
  | ReplicaChanged
  | Truncated
  | SnapshotCame
  | Stalled
  | Standing
  | Fault
  | ViolationFound
  | Gap
  | Skipped
  | Caption
  | Deep
  | End

export type EventKind = TraceEvent['kind']
export type EventOf<K extends EventKind> = Extract<TraceEvent, { readonly kind: K }>
