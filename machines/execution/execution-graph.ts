import type { Footprint, Value } from '../protocol/commands.ts'
import type { Dependencies } from '../protocol/dependencies.ts'
import type { InstanceId } from '../protocol/instance-id.ts'
import type { ReadonlyExecutedSet } from './executed-set.ts'
import { IncrementalGraph } from './incremental-graph.ts'

/** One instance to execute; a Nop changes nothing but the executed set. */
export interface Executable {
  readonly id: InstanceId
  readonly value: Value
}

/**
 * A strongly connected component, in its order of execution. Its execution is durable as a unit (section 5, B25): all
 * members in the executed set and their effects, or none.
 */
export type Component = readonly Executable[]

/** A direct blocker of an instance, and its missing part. */
export interface Blocker {
  readonly id: InstanceId
  readonly reason: 'unknownPayload' | 'uncommitted' | 'unexecuted'
}

export interface ExecutionGraphOptions {
  /** Replicas of the epoch. */
  readonly n: number
  /** The epoch that all ids belong to; 1 when left out. */
  readonly epoch?: number
  /** The executed set at the start, of a snapshot, or of the time before a restart. It is copied. */
  readonly executed?: ReadonlyExecutedSet
}

/**
 * The execution graph: decides which instances can be executed, and in which order
 * ([section 5](../protocol/README.md#section-5)). There is an edge id -> id' when id' is in dep(id), both are final and
 * not Nop, and their payloads conflict; strongly connected components are executed, dependencies first, and inside one
 * by `compareIds`. A dependency of unknown payload, or a conflicting one that is not final, is awaited; one that
 * commutes, is Nop, or is executed is ignored. The result, and the order of any two that conflict, does not depend on
 * the order in which instances become known or final.
 */
export interface ExecutionGraph {
  /** The payload of an instance became known by any route. Ignored for an id known before. */
  learnt(id: InstanceId, footprint: Footprint): void
  /** The instance is final. Ignored for an id that is final or executed. */
  committed(id: InstanceId, value: Value, deps: Dependencies): void
  /**
   * Takes the components that can be executed now, dependencies first. Each component is handed out once and counts as
   * executed from then on. Nops come out at once, as components of one. With `instancesMax` no further component is
   * begun once that many instances are out; fewer mean that there is nothing more.
   */
  takeReady(instancesMax?: number): Component[]
  /** The executed set: all instances handed out, and those executed before. */
  readonly executed: ReadonlyExecutedSet
  /** Number of instances that are final and not executed. */
  readonly unexecuted: number
  /**
   * The direct blockers of `id`, `limit` at most. Their own blockers must be asked for in turn. An id that is not final
   * is its own blocker; an executed one has none. For status and debuggers, not for every turn.
   */
  blockers(id: InstanceId, limit?: number): Blocker[]
  /**
   * Instances that are not final and that hold up a final one now, `limit` at most. Not all of them: a waiting instance
   * names the first one that it met. It is a hint for the schedule of recoveries; execution does not depend on it.
   */
  awaited(limit?: number): InstanceId[]
}

/**
 * Creates a graph of one epoch, which knows only the executed instances.
 * @throws InvariantError, as do its methods, for ids of another epoch or rank, and vectors of another length.
 */
export const createExecutionGraph = (options: ExecutionGraphOptions): ExecutionGraph => new IncrementalGraph(options)
