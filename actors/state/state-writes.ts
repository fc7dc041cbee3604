import type { StateStore, StoredCheckpoint } from '../../storage/state-store.ts'
import type { StoreError } from '../../storage/store.ts'

/**
 * The state store as own checkpoints and fetched ones write to it: one write is under way, the others wait their turn.
 */
export class StateWrites {
  readonly #store: () => StateStore
  readonly #waiting: (() => void)[] = []
  #isBusy = false

  constructor(store: () => StateStore) {
    this.#store = store
  }

  add(segments: readonly Uint8Array[], done: (error: StoreError | null, keys?: readonly number[]) => void): void {
    this.#next(() =>
      this.#store().add(segments, (error, keys) => {
        this.#ended()
        done(error, keys)
      }),
    )
  }

  commit(checkpoint: StoredCheckpoint, done: (error: StoreError | null) => void): void {
    this.#next(() =>
      this.#store().commit(checkpoint, error => {
        this.#ended()
        done(error)
      }),
    )
  }

  drop(keys: readonly number[]): void {
    if (keys.length > 0) this.#store().drop(keys)
  }

  read(key: number, done: (error: StoreError | null, bytes?: Uint8Array) => void): void {
    this.#store().read(key, done)
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

  #ended(): void {
    this.#isBusy = false
    const next = this.#waiting.shift()
    if (next !== undefined) this.#next(next)
  }
}
