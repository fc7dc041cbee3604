import type { StateMachine } from '../../../actors/shared/state-machine.ts'
import type { Draw } from '../world/random.ts'

/** One operation as its client saw it. */
export interface Operation<C = unknown, R = unknown> {
  /** `c3.7`: unique in the world. */
  readonly name: string
  /** One client has one operation at a time; whoever got no answer goes on as another. */
  readonly client: string
  readonly command: C
  readonly startMs: number
  /** Undefined with `result`: the outcome is unknown. */
  readonly endMs: number | undefined
  readonly result: R | undefined
}

/** How much of what a workload draws. */
export interface Load {
  readonly keys: number
  /** Share of commands that only read, 0 to 1. */
  readonly readShare: number
  /** Share of puts whose key ends by itself, 0 to 1, and when: ms by the clock of the replica that takes it in. */
  readonly ttlShare: number
  readonly ttlMs: number
}

/** What runs in a world: a state machine, the commands that clients give it, and a judge of what they saw. */
export interface Workload<C = unknown, R = unknown> {
  /**
   * Its state machine may throw, and its commands may be refused as malformed: that is no violation. Such a command has
   * no result.
   */
  readonly mayFail?: true
  /** A fresh state machine, for one life of one replica. */
  stateMachine(): StateMachine<C, R>
  /** The next command of a client. @param unique a text that no other command gets */
  nextCommand(draw: Draw, load: Load, unique: string): C
  /** What is wrong with the history, if anything; called once, when the world is quiet. */
  judge?(history: readonly Operation<C, R>[]): { readonly what: string; readonly about: readonly string[] } | undefined
}
