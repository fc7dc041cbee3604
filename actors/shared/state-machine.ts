import type { Footprint } from '../../machines/protocol/commands.ts'
import type { Tables } from './tables.ts'

/**
 * The application's state machine, which is replicated. It holds its state in tables, or gives it as a snapshot. `C` and
 * `R` are plain data (null, boolean, number, string, Uint8Array, arrays and objects of these).
 */
export type StateMachine<C, R> = TableStateMachine<C, R> | SnapshotStateMachine<C, R>

/**
 * What every state machine has. All methods are deterministic: no clock, no randomness, no I/O that the
 * result depends on. They return at once: an async method is refused at the start, a promise is no answer. Errors of
 * theirs do not stop a replica; the event `stateMachineFailed` tells of them.
 */
export interface Executing<C, R> {
  /**
   * Bytes of its largest command, encoded, and of its longest key. A replica whose limits are less is refused at the
   * start, instead of each such command. Left out: nothing is said.
   */
  readonly largest?: { readonly commandBytesMax: number; readonly keyBytesMax: number }
  /**
   * Commands that write nothing are executed as all others are, at every replica and in the log, and are not answered by
   * quorum. For a state machine that counts its reads, or whose footprints are not to be trusted.
   */
  readonly readsAsCommands?: boolean
  /**
   * Long texts of a command, of 48 bytes and more, come as `Utf8Text` instead of strings, keys too: for a state machine that
   * stores most of them as they are. One is good until the method returns, or `set` of a table takes it. What is kept
   * otherwise, or is part of a result, is made a string.
   */
  readonly textsAsBytes?: boolean
  /**
   * The footprint of a command. Commands whose footprints do not meet may be executed in different orders at different
   * replicas, so it must name everything that the result or the new state depends on. One that writes nothing changes
   * nothing: it is run at a single replica, which asks a quorum what it has to wait for. Asked once, where the command is taken in, and copied. A command on
   * which it throws, or whose keys are no texts of whole characters, is refused as `malformed`.
   */
  footprint(command: C): Footprint
  /**
   * Executes one command and returns its result, which is encoded before anything else happens. An error that belongs
   * to the application (incr of a word) is a result. An exception is a bug: the command fails with `applyFailed` at
   * every replica, and what was changed before stays, so it has to be the same at every replica. So does a result that
   * is no plain data, or nothing. Nothing local may decide about an exception: one that some replicas throw and others
   * do not, as for a full disk, makes their states differ.
   */
  apply(command: C): R
  /**
   * The command to be proposed, if it depends on what differs from replica to replica: a time to live becomes a
   * deadline, a limit of this replica is written into it. Called at the replica that takes the command in, before
   * `footprint`; the command may be anything. Left out: the command stays as it is.
   * @param nowMs the time of day by the cluster clock, ms since 1970: no clock of one replica alone moves it
   */
  stamped?(command: C, nowMs: number): C
  /**
   * The commands that are due by the time of day, at most `max`: the same again until they were executed. Several
   * replicas may propose the same. Deadlines end here: `apply` knows no clock.
   * @param nowMs the time of day that the clocks of a quorum have passed, ms since 1970
   */
  due?(nowMs: number, max: number): readonly C[]
}

/**
 * A state machine whose whole state lies in tables. Checkpoints write what changed since the last one, a few milliseconds
 * at a time, and a comparison of replicas costs nothing, however large the state is.
 */
export interface TableStateMachine<C, R> extends Executing<C, R> {
  /** Made by `createTables`, for this state machine alone. What it holds besides has to follow from them. */
  readonly tables: Tables
  /** Called when the tables were replaced as a whole: what was made of them has to be made anew. */
  replaced?(): void
  /**
   * Fills the tables, which are empty, from a snapshot of an earlier version of this state machine that had `snapshot` and
   * `restore`. Left out: such a snapshot is refused. One that throws ends the replica, or its start.
   */
  migrate?(snapshot: Uint8Array): void
}

/**
 * A state machine that gives its whole state at once. Each checkpoint and each comparison of replicas encodes all of it
 * and holds up the replica for as long, and it is held in memory twice: for states of some megabytes.
 */
export interface SnapshotStateMachine<C, R> extends Executing<C, R> {
  /**
   * The whole state, as bytes. Equal states give equal bytes: replicas compare digests of it. Called once before the
   * start, of the empty state: anything but bytes is refused then. While it throws, no records are let go, and the
   * status says so (`snapshotError`).
   */
  snapshot(): Uint8Array
  /** Replaces the whole state. One that throws ends the replica, or its start. */
  restore(snapshot: Uint8Array): void
}
