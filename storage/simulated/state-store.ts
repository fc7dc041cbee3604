import { invariant } from '../../machines/protocol/errors.ts'
import { Removals } from '../removals.ts'
import type { StateStore, StoredCheckpoint } from '../state-store.ts'
import { StoreError } from '../store.ts'
import type { MemoryDisk } from './disk.ts'
import { where } from './take.ts'

export interface SimulatedStateStoreOptions {
  readonly disk: MemoryDisk
  /** Whether the store is open, and nobody closes it. */
  isOpen(): boolean
  /** Called when a write has ended. */
  ended(): void
  /** Runs something later, unless the store has crashed meanwhile. */
  later(delayMs: number, run: () => void): void
  flushMs(): number
  /** How long a read of a segment takes; left out: no time. */
  readMs?(): number
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
    this.#delete(this.#removals.add(keys))
  }

  read(key: number, done: (error: StoreError | null, bytes?: Uint8Array) => void): void {
    const { disk, later, readMs } = this.#options
    later(readMs?.() ?? 0, () => {
      if (!this.#options.isOpen()) {
        done(notOpenError())
        return
      }
      const found = readFrom(disk, key)
      if (found instanceof StoreError) done(found)
      else done(null, found.slice())
    })
  }

  pin(keys: readonly number[]): () => void {
    this.#removals.pin(keys)
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      this.#delete(this.#removals.unpin(keys))
    }
  }

  /** Whether a write is under way. */
  get isBusy(): boolean {
    return this.#flight !== undefined
  }

  /** The process dies. @param torn whether the write under way had just become durable */
  crash(torn: boolean): void {
    if (torn) this.#flight?.()
    this.#flight = undefined
  }

  #write(apply: () => void, done: (error: StoreError | null) => void): void {
    invariant(this.#flight === undefined, () => 'one write at a time: a write of the state is in flight')
    const { later, flushMs, flush, isOpen, ended } = this.#options
    if (!isOpen()) {
      later(0, () => done(notOpenError()))
      return
    }
    this.#flight = apply
    later(flushMs(), () => {
      this.#flight = undefined
      done(flush(apply))
      ended()
    })
  }

  /** What is left after the store was closed is removed at the next opening. */
  #delete(keys: readonly number[]): void {
    const { disk, isOpen } = this.#options
    if (isOpen()) for (const key of keys) disk.segments.delete(key)
  }
}

const notOpenError = (): StoreError =>
  new StoreError('storeClosed', `the state on ${where} is not open: nothing was written or read`)

/** Reading a damaged disk throws. */
function readFrom({ segments }: MemoryDisk, key: number): Uint8Array | StoreError {
  try {
    return segments.get(key) ?? new StoreError('storeDamaged', `${where} has no segment ${key}`)
  } catch (error) {
    if (error instanceof StoreError) return error
    throw error
  }
}
