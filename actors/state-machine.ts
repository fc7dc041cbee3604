import type { Footprint } from '../machines/protocol/commands.ts'

/**
 * What is replicated. `C` and `R` are plain data (null, boolean, number, string, Uint8Array, arrays and objects of
 * these). All methods are deterministic: no clock, no randomness, no I/O that the result depends on.
 */
export interface StateMachine<C, R> {
  /**
   * What the command touches. Commands whose footprints do not meet may be executed in different orders at different
   * replicas, so it must name everything that the result or the new state depends on.
   */
  footprint(command: C): Footprint
  /**
   * Executes one command and returns its result. An error that belongs to the application (incr of a word) is a
   * result; an exception is a bug and stops the replica.
   */
  apply(command: C): R
  /** The whole state, as bytes. Equal states give equal bytes: replicas compare digests of it. */
  snapshot(): Uint8Array
  /** Replaces the whole state. */
  restore(snapshot: Uint8Array): void
}
