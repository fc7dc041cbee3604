import type { StoreContents } from '../../storage/store.ts'

/**
 * A part of a replica with a life of its own. All components stand in one ordered list, and each event in the life of
 * the replica reaches them in that order.
 */
export interface Component {
  /** Called when the store was read, and its records are restored. */
  resume?(contents: StoreContents): void
  /** Called when the replica begins to vote. */
  start?(): void
  /** Called at every heartbeat, while the replica votes. */
  tick?(): void
  /** Called when nothing is in flight any more, to write the rest. */
  drained?(): void
  /** Called when the replica ends. */
  stop?(): void
}
