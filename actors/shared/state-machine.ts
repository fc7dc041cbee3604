import type { Footprint } from '../../machines/protocol/commands.ts'

/**
 * The application's state machine, which is replicated. `C` and `R` are plain data (null, boolean, number, string,
 * Uint8Array, arrays and objects of these). All methods are deterministic: no clock, no randomness, no I/O that the
 * result depends on.
 */
export interface StateMachine<C, R> {
  /**
   * The footprint of a command. Commands whose footprints do not meet may be executed in different orders at different
   * replicas, so it must name everything that the result or the new state depends on. One that writes nothing changes
   * nothing: queries run it at a single replica.
   */
  footprint(command: C): Footprint
  /**
   * Executes one command and returns its result. An error that belongs to the application (incr of a word) is a
   * result; an exception is a bug and stops the replica.
   */
  apply(command: C): R
  /**
   * The command to be proposed, if it depends on the time: a time to live becomes a deadline. Called once, at the
   * replica that takes the command in, before `footprint`; the command may be anything. Left out: the command stays as
   * it is.
   * @param nowMs the time of day by the cluster clock, ms since 1970: no clock of one replica alone moves it
   */
  stamped?(command: C, nowMs: number): C
  /**
   * The commands that are due by the time of day, at most `max`: the same again until they were executed. Several
   * replicas may propose the same. Deadlines end here: `apply` knows no clock.
   * @param nowMs the time of day that the clocks of a quorum have passed, ms since 1970
   */
  due?(nowMs: number, max: number): readonly C[]
  /** The whole state, as bytes. Equal states give equal bytes: replicas compare digests of it. */
  snapshot(): Uint8Array
  /** Replaces the whole state. */
  restore(snapshot: Uint8Array): void
}
