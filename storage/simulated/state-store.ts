import { invariant } from '../../machines/protocol/errors.ts'
import { Removals } from '../removals.ts'
import type { StateStore, StoredCheckpoint } from '../state-store.ts'
import { StoreError } from '../store.ts'
import type { MemoryDisk } from './disk.ts'
import { where } from './take.ts'

export interface SimulatedStateStoreOptions {
  readonly disk: MemoryDisk
  /** Runs something later, unless the store was closed or has crashed meanwhile. */
  later(delayMs: number, run: () => void): void
  flushMs(): number
  /** Settles the fate of a write. @returns the outcome for the writer */
  flush(apply: () => void): StoreError | null
}

/** The state on a disk in memory, whose time and faults are those of the store beside it. */
export class SimulatedStateStore implements StateStore {
  readonly #options: SimulatedStateStoreOptions
  readonly #removals = new Removals()
  #lastKey: number
  /** The write under way. */
  #flight: (() => void) | undefined

  constructor(options: SimulatedStateStoreOptions) {
    this.#options = options
    this.#lastKey = Math.max(0, ...options.disk.segments.keys())
  }

  add(segments: readonly Uint8Array[], done: (error: StoreError | null, keys?: readonly number[]) => void): void {
    const { disk } = this.#options
    const copies = segments.map(bytes => [++this.#lastKey, bytes.slice()] as const)
    this.#write(
      () => {
        for (const [key, bytes] of copies) disk.segments.set(key, bytes)
      },
      error =>
        error === null
          ? done(
              null,
              copies.map(([key]) => key),
            )
          : done(error),
    )
  }

  commit({ number, head, segments }: StoredCheckpoint, done: (error: StoreError | null) => void): void {
    const { disk } = this.#options
    const before = disk.contents()?.checkpoint?.segments ?? []
    const next: StoredCheckpoint = { number, head: head.slice(), segments: [...segments] }
    this.#write(
      () => disk.commit(next),
      error => {
        const isNamed = new Set(segments)
        if (error === null) this.drop(before.filter(key => !isNamed.has(key)))
        done(error)
      },
    )
  }

  drop(keys: readonly number[]): void {
    for (const key of this.#removals.add(keys)) this.#options.disk.segments.delete(key)
  }

  read(key: number, done: (error: StoreError | null, bytes?: Uint8Array) => void): void {
    const { disk, later } = this.#options
    later(0, () => {
      const bytes = disk.segments.get(key)
      if (bytes === undefined) done(new StoreError('storeDamaged', `${where} has no segment ${key}`))
      else done(null, bytes.slice())
    })
  }

  pin(keys: readonly number[]): () => void {
    this.#removals.pin(keys)
    return () => {
      for (const key of this.#removals.unpin(keys)) this.#options.disk.segments.delete(key)
    }
  }

  /** The process dies. @param torn whether the write under way had just become durable */
  crash(torn: boolean): void {
    if (torn) this.#flight?.()
    this.#flight = undefined
  }

  #write(apply: () => void, done: (error: StoreError | null) => void): void {
    invariant(this.#flight === undefined, () => 'one write at a time: a write of the state is in flight')
    this.#flight = apply
    const { later, flushMs, flush } = this.#options
    later(flushMs(), () => {
      this.#flight = undefined
      done(flush(apply))
    })
  }
}
