import type { StoreError } from './store.ts'

/** A checkpoint as it is stored: what it says of itself, and its segments by their keys. */
export interface StoredCheckpoint {
  /** Greater than that of every earlier one. */
  readonly number: number
  readonly head: Uint8Array
  readonly segments: readonly number[]
}

/**
 * The state of a replica on disk: segments that are written once and never changed, and the one checkpoint that names
 * those which count. It stands apart from the journal of votes, so that writing a large state holds up no vote. One call
 * of `add` or `commit` at a time; errors are those of `Store.write`, and callbacks are never called synchronously.
 */
export interface StateStore {
  /**
   * Makes segments durable, all or none. They belong to no checkpoint yet: what no checkpoint names is removed at the
   * next opening.
   * @param done gets their keys, in the same order
   */
  add(segments: readonly Uint8Array[], done: (error: StoreError | null, keys?: readonly number[]) => void): void
  /**
   * Makes a checkpoint the one that counts, as a whole. Segments that the one before names and this one does not are
   * removed afterwards, unless they are pinned.
   */
  commit(checkpoint: StoredCheckpoint, done: (error: StoreError | null) => void): void
  /** Removes segments that no checkpoint names. */
  drop(keys: readonly number[]): void
  /**
   * Reads a segment. Fails with `storeDamaged` when it is not there, or is not what was written. May be called whatever
   * is under way.
   */
  read(key: number, done: (error: StoreError | null, bytes?: Uint8Array) => void): void
  /** Keeps segments while somebody reads them one by one. @returns a function to call once when that is over */
  pin(keys: readonly number[]): () => void
}
