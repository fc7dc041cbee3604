import type { StateStore, StoredCheckpoint } from '../../storage/state-store.ts'
import type { StoreError } from '../../storage/store.ts'
import { asError } from '../shared/thrown.ts'

/**
 * The state store as own checkpoints and fetched ones write to it: one write is under way, the others wait their turn.
 * A store calls back from outside any turn, where an error would end the process: whatever is thrown there, as by
 * `restore` of a state machine, stops the replica in order.
 */
export class StateWrites {
  readonly #store: () => StateStore
  readonly #waiting: (() => void)[] = []
  readonly #failed: (error: Error) => void
  #isBusy = false

  /** @param failed stops the replica, which cannot go on */
  constructor(store: () => StateStore, failed: (error: Error) => void) {
    this.#store = store
    this.#failed = failed
  }

  add(segments: readonly Uint8Array[], done: (error: StoreError | null, keys?: readonly number[]) => void): void {
    this.#next(() =>
      this.#store().add(segments, (error, keys) => {
        this.#ended()
        this.#orFail(() => done(error, keys))
      }),
    )
  }

  commit(checkpoint: StoredCheckpoint, done: (error: StoreError | null) => void): void {
    this.#next(() =>
      this.#store().commit(checkpoint, error => {
        this.#ended()
        this.#orFail(() => done(error))
      }),
    )
  }

  drop(keys: readonly number[]): void {
    if (keys.length > 0) this.#store().drop(keys)
  }

  read(key: number, done: (error: StoreError | null, bytes?: Uint8Array) => void): void {
    this.#store().read(key, (error, bytes) => this.#orFail(() => done(error, bytes)))
  }

  pin(keys: readonly number[]): () => void {
    return this.#store().pin(keys)
  }

  #next(write: () => void): void {
    if (this.#isBusy) {
      this.#waiting.push(write)
      return
    }
    this.#isBusy = true
    write()
  }

  #orFail(run: () => void): void {
    try {
      run()
    } catch (error) {
      this.#failed(asError(error))
    }
  }

  #ended(): void {
    this.#isBusy = false
    const next = this.#waiting.shift()
    if (next !== undefined) this.#next(next)
  }
}
