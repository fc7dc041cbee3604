import { invariant } from '../../../machines/protocol/errors.ts'
import { Removals } from '../../removals.ts'
import type { StateStore, StoredCheckpoint } from '../../state-store.ts'
import { StoreError } from '../../store.ts'
import { isFull, toOpenError, toStoreError, withRemedy } from '../errors.ts'
import type { StateFile } from './open.ts'
import { packCommit, packSegments, readSegment } from './rows.ts'
import { removeStatement } from './schema.ts'

/** Segments removed in one transaction: freeing their pages takes time in which nothing else is written. */
const removedAtOnce = 8

/**
 * The state of a replica in a SQLite file of its own. Writes, removals and reads go one after the other, so that none of
 * them waits for the journal's connection, nor that one for them.
 */
export class SqliteStateStore implements StateStore {
  readonly #file: StateFile
  readonly #flushes: () => number
  readonly #removals = new Removals()
  /** Segments to be removed when there is time. */
  #removed: number[] = []
  #lastKey: number
  #named: readonly number[]
  #isWriting = false
  #isRemoving = false
  #failure: StoreError | undefined
  /** All work, one after the other. */
  #last: Promise<void> = Promise.resolve()
  #isClosed = false

  /** @param flushes the number of flushes of votes that are durable */
  constructor(file: StateFile, flushes: () => number) {
    this.#file = file
    this.#flushes = flushes
    this.#lastKey = file.lastKey
    this.#named = file.checkpoint?.segments ?? []
    this.#remove(file.unnamed)
  }

  add(segments: readonly Uint8Array[], done: (error: StoreError | null, keys?: readonly number[]) => void): void {
    const keys = segments.map(() => ++this.#lastKey)
    const run = packSegments(this.#file, segments, keys)
    this.#write(
      async () => {
        if (keys.length > 0) await run(this.#file)
      },
      error => (error === null ? done(null, keys) : done(error)),
    )
  }

  commit(checkpoint: StoredCheckpoint, done: (error: StoreError | null) => void): void {
    const run = packCommit(this.#file, checkpoint, this.#flushes())
    const segments = [...checkpoint.segments]
    this.#write(
      () => run(this.#file),
      error => {
        if (error === null) {
          const isNamed = new Set(segments)
          const before = this.#named
          this.#named = segments
          this.drop(before.filter(key => !isNamed.has(key)))
        }
        done(error)
      },
    )
  }

  drop(keys: readonly number[]): void {
    this.#remove(this.#removals.add(keys))
  }

  read(key: number, done: (error: StoreError | null, bytes?: Uint8Array) => void): void {
    this.#enqueue(() => {
      this.#checkOpen()
      return readSegment(this.#file, key)
    }).then(
      bytes => done(null, bytes),
      error => done(withRemedy(toOpenError(error, `reading ${this.#file.path}`))),
    )
  }

  pin(keys: readonly number[]): () => void {
    this.#removals.pin(keys)
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      this.#remove(this.#removals.unpin(keys))
    }
  }

  /** Ends after the work under way. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#last
    await this.#file.connection.close()
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new StoreError('storeClosed', `${this.#file.path} is not open`)
  }

  #write(work: () => Promise<unknown>, done: (error: StoreError | null) => void): void {
    invariant(!this.#isWriting, () => `one write at a time: a write to ${this.#file.path} is under way`)
    this.#isWriting = true
    const isLate = this.#isClosed
    this.#enqueue(async () => {
      if (isLate) this.#checkOpen()
      if (this.#failure !== undefined)
        throw new StoreError('storeFailed', `${this.#file.path}: an earlier write failed: ${this.#failure.message}`)
      await work()
    }).then(
      () => {
        this.#isWriting = false
        done(null)
      },
      error => {
        this.#isWriting = false
        done(this.#failed(error))
      },
    )
  }

  #failed(error: unknown): StoreError {
    const found = withRemedy(toStoreError(error, `writing ${this.#file.path}`))
    if (found.code !== 'storeFull' && found.code !== 'storeClosed') this.#failure ??= found
    return found
  }

  /** Without room they stay until the next removal. What is never removed is at the next opening: nothing names it. */
  #remove(keys: readonly number[]): void {
    for (const key of keys) this.#removed.push(key)
    if (this.#removed.length === 0 || this.#isRemoving || this.#isClosed) return
    this.#isRemoving = true
    const some = this.#removed.splice(0, removedAtOnce)
    this.#enqueue(async () => {
      if (this.#failure === undefined && !this.#isClosed)
        await this.#file.connection.all(removeStatement, JSON.stringify(some))
    }).then(
      () => {
        this.#isRemoving = false
        this.#remove([])
      },
      error => {
        this.#isRemoving = false
        if (isFull(error)) this.#removed.push(...some)
        else this.#failed(error)
      },
    )
  }

  #enqueue<T>(work: () => T | Promise<T>): Promise<T> {
    const result = this.#last.then(work)
    this.#last = result.then(
      () => undefined,
      () => undefined,
    )
    return result
  }
}
