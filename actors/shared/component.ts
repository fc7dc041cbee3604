import type { StoreContents } from '../../storage/store.ts'

/**
 * A part of a replica that has a life of its own. All of them stand in one ordered list, and whatever happens to the replica
 * happens to each of them in that order.
 */
export interface Component {
  /** The store was read, and its records stand again. */
  resume?(contents: StoreContents): void
  /** The replica votes from here on. */
  start?(): void
  /** Called at every heartbeat, while the replica votes. */
  tick?(): void
  /** Nothing is in flight any more: what is left to be made durable. */
  drained?(): void
  /** Nothing is done any more. */
  stop?(): void
}
