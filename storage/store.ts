import type { ErrorCodeOf } from '../machines/protocol/error-codes.ts'
import { EpaxosError } from '../machines/protocol/errors.ts'
import type { ReplicaId } from '../machines/protocol/membership.ts'
import type { OwnLife, PeerStore } from '../machines/protocol/store-lives.ts'
import type { StateStore, StoredCheckpoint } from './state-store.ts'

/** The owner of a store's data, written once, when the store is bootstrapped. */
export interface StoreOwner {
  readonly cluster: string
  readonly member: ReplicaId
  readonly members: readonly ReplicaId[]
  readonly epoch: number
  /** Random name of this very store: tells it from an emptied one under the same member id. */
  readonly storeIdentity: string
}

/** One replica's record of one instance, as bytes. */
export interface RecordWrite {
  readonly epoch: number
  readonly rank: number
  readonly index: number
  /** Ballots, phase, dependencies: replaces the earlier vote. */
  readonly vote: Uint8Array
  /** The payload: written once for each instance, when first known; undefined leaves the stored one. */
  readonly command: Uint8Array | undefined
}

/** The contents of one flush: all of it becomes durable, or nothing. */
export interface WriteBatch {
  readonly records: readonly RecordWrite[]
  /** Replaces the snapshot that a program of before has left; an empty one: by none. */
  readonly snapshot?: Uint8Array
  /** Replaces the number of reserved own indices. */
  readonly reserved?: number
  /** Records of this epoch up to these indices, by rank, are deleted, those of this batch too. */
  readonly truncate?: { readonly epoch: number; readonly upTo: readonly number[] }
  /** The stores by which peers are known; with the identity '' the member is known by none any more. */
  readonly peers?: readonly (PeerStore & { readonly member: ReplicaId })[]
  /** The checkpoint that deletions rely on: a state that stands at an earlier one is damaged from then on. */
  readonly checkpoint?: number
  /** Replaces the life of this store. */
  readonly life?: OwnLife
  /** Replaces the promise about D0 of own instances (section 8, level 2). */
  readonly raised?: StoredPromise
}

/** A promise about D0: from the own index `from` on it is at least `floor`, by rank. */
export interface StoredPromise {
  readonly floor: readonly number[]
  readonly from: number
}

/** The contents of a store at opening. */
export interface StoreContents {
  readonly owner: StoreOwner
  readonly records: readonly RecordWrite[]
  /** The snapshot of a program of before, or of a backup of one. */
  readonly snapshot: Uint8Array | undefined
  /** The highest own index that may have been given away, whatever the records say; 0 before the first reservation. */
  readonly reserved: number
  readonly peers: ReadonlyMap<ReplicaId, PeerStore>
  /** The last life of this store; undefined before the first. */
  readonly life: OwnLife | undefined
  /** The checkpoint that counts; undefined before the first. Its segments are read by `Store.state`. */
  readonly checkpoint: StoredCheckpoint | undefined
  /** The last promise about D0 of own instances; undefined before the first. */
  readonly raised: StoredPromise | undefined
}

export type StoreErrorCode = ErrorCodeOf<
  | 'storeEmpty'
  | 'storeNotEmpty'
  | 'storeLocked'
  | 'storeForeign'
  | 'storeDamaged'
  | 'storeVersion'
  /** Nothing of the batch was written; the next write may succeed. */
  | 'storeFull'
  /** Its outcome is unknown: stop, reopen, read again ([section 6](../machines/protocol/README.md#section-6)). */
  | 'storeFailed'
  /** An error of the disk while the store was opened: nothing is known of damage. */
  | 'storeUnread'
  /** Its directory is not there any more, or is another: nothing was written. */
  | 'storeGone'
  /** The directory cannot be used as it is named. */
  | 'badDirectory'
  | 'storeClosed'
>

export class StoreError extends EpaxosError<StoreErrorCode> {}

/** Bytes on disk. Callbacks, not promises, so that a simulated disk can be stepped; never called synchronously. */
export interface Store {
  /** The state beside the journal. To be used once the store is open. */
  readonly state: StateStore
  /** Opens, checks and reads everything. Called once. Fails with a StoreError. */
  open(done: (error: StoreError | null, contents?: StoreContents) => void): void
  /**
   * Makes a batch durable: `done(null)` is called once it would survive a power cut, and not before. One write at a
   * time: the caller waits for `done` before the next. After an error other than `storeFull` every later write fails.
   * @throws InvariantError when a write is in flight.
   */
  write(batch: WriteBatch, done: (error: StoreError | null) => void): void
  /**
   * Names who is told, at most once, that the store has failed while nothing was written. Called before `open`; stores
   * that fail at writes alone need none.
   */
  whenFailed?(told: (error: StoreError) => void): void
  /** Releases the store, after the write in flight. */
  close(done: () => void): void
}
