import type { TimerMove } from '../../../actors/shared/tap.ts'
import type { CommitPath } from '../../../machines/instance/context.ts'
import type {
  Fault,
  GateChanged,
  Id,
  Member,
  ReadsChanged,
  TracedAttempt,
  TracedRecord,
  TracedValue,
  TraceHeader,
  ViolationFound,
} from '../trace/format.ts'

/** A state of the instance statechart without states in it. */
export type Leaf = string

/** One step of an instance at one replica. */
export interface Step {
  /** The number of the event in the trace, from 1. */
  readonly cursor: number
  readonly ms: number
  readonly event: string
  readonly before: string
  readonly after: string
}

/** An instance as one replica sees it. */
export interface Side {
  readonly epoch: number
  /** Where its statechart stands: one leaf, or two while undecided (vote, drive). */
  states: readonly Leaf[]
  record: TracedRecord | undefined
  /** The record as it is on disk: what it would be after a crash now. */
  durable: TracedRecord | undefined
  attempt: TracedAttempt | undefined
  rule: string | undefined
  nackedBy: number
  committed: { readonly ms: number; readonly path: CommitPath; readonly rule: string | undefined } | undefined
  executedMs: number | undefined
  /** What its timer did last, and when it comes up again. */
  timer:
    | { readonly ms: number; readonly move: TimerMove; readonly of: Member | undefined; readonly dueMs: number }
    | undefined
  /** The latest, `stepsMax` at most. */
  steps: readonly Step[]
  /** Steps before those. */
  earlierSteps: number
  /** What was asked of the others last, and when: for round trips. */
  asked: { readonly type: string; readonly ms: number } | undefined
}

/** An instance, at all replicas. */
export interface Instance {
  readonly epoch: number
  readonly id: Id
  readonly rank: number
  readonly index: number
  cmd: TracedValue | undefined
  /** By rank; undefined where nothing was heard of it. */
  sides: readonly (Side | undefined)[]
  /** When anybody first did anything for it. */
  firstMs: number
  lastMs: number
  /** The final value, once anybody has committed it. */
  decided:
    | {
        readonly cmd: 'nop' | 'command'
        readonly dep: readonly number[]
        readonly path: CommitPath
        readonly ms: number
      }
    | undefined
  /** The number of the component that it was executed in, where that was told. */
  component: number | undefined
}

export interface Replica {
  readonly epoch: number
  readonly member: Member
  readonly rank: number
  state: string
  /** Its process runs, as far as the trace says. */
  isUp: boolean
  /** Since when, ms. */
  sinceMs: number
  /** Why it has failed. */
  error: string | undefined
  /** Per rank, executed without a hole. */
  executed: readonly number[]
  known: readonly number[]
  /** Level 1 and 2 of truncation, by rank. */
  floor: readonly number[]
  /** What its proposing gate said last, and how many commands waited then. */
  gate: Pick<GateChanged, 'verdict' | 'waiting'>
  /** What the oldest of its reads by quorum waits for. */
  reads: ReadsStandingTold
  isFlushing: boolean
  flushes: number
  /** Records written in memory that no flush has taken along; and those in the flush under way, as they are in it. */
  unflushed: Set<Id>
  flushing: ReadonlyMap<Id, TracedRecord>
  clock: number
  /** Events lost (a gap) or left out above a rate (skipped). */
  lostEvents: number
  skippedEvents: number
  /** One of so many instances is told of now. */
  stride: number
}

/** What a replica has said of its reads. */
export type ReadsStandingTold = Pick<ReadsChanged, 'verdict' | 'waiting' | 'awaits' | 'unanswered'>

/** One direction between two replicas. */
export interface Link {
  readonly epoch: number
  /** What `from` believes of `to`: `live`, `suspected`, `unable`. */
  state: string
  isCut: boolean
  sent: number
  received: number
  lost: number
  /** Messages under way, as far as the trace can say. */
  inFlight: number
  /** The latest round trips, ms: preAccept to preAcceptOk, accept to acceptOk, at `from`. */
  roundTripsMs: readonly number[]
  /** Messages sent in the second that is under way, and in the one before it. */
  second: number
  inSecond: number
  perSecond: number
}

/** Numbers over the whole trace up to the cursor. */
export interface Totals {
  events: number
  messages: number
  lost: number
  rejected: number
  /** Own instances, by path at their coordinator or recoverer. */
  fast: number
  slow: number
  found: number
  nops: number
  executed: number
  recoveries: number
  crashes: number
  gaps: number
  lostEvents: number
  skippedEvents: number
}

export interface Component {
  readonly no: number
  readonly ids: readonly Id[]
  readonly ms: number
  readonly at: Member
}

/** Everything that the views show at one cursor. `reduce` changes it in place; `keyframe` keeps one for later. */
export interface State {
  /** Objects of a lower epoch are shared with a keyframe, and are copied before they change. */
  epoch: number
  readonly header: TraceHeader
  /** Events taken in. */
  cursor: number
  /** The time of the last one. */
  ms: number
  replicas: Replica[]
  /** In the order in which they were first heard of; the oldest that are executed everywhere go beyond `instancesMax`. */
  instances: Map<Id, Instance>
  /** Executed instances that are not kept any more. */
  forgotten: number
  /** `links[from][to]`, by rank. */
  links: Link[][]
  /** Per leaf, how many instances stand in it, by rank. */
  standing: { [leaf: Leaf]: number[] }
  /** Per edge `before>after:event` between leaves, how often it was taken, by rank. */
  edges: { [edge: string]: number[] }
  totals: Totals
  /** The latest `samplesMax`, ms: at the coordinator, from the first step to the commit, and to the execution. */
  commitMs: number[]
  executeMs: number[]
  components: Component[]
  /** Messages under way, by number. */
  flying: Map<
    number,
    {
      readonly from: Member
      readonly to: Member
      readonly type: string
      readonly id: Id | undefined
      readonly sentMs: number
      readonly cursor: number
    }
  >
  faults: Fault[]
  violations: ViolationFound[]
  caption: { readonly text: string; readonly about: readonly Id[] } | undefined
  ended: string | undefined
}
