import { invariant } from '../../../machines/protocol/errors.ts'
import { Removals } from '../../removals.ts'
import type { StateStore, StoredCheckpoint } from '../../state-store.ts'
import { StoreError } from '../../store.ts'
import { damaged, isFull, named, toStoreError, withRemedy } from '../errors.ts'
import { checkpointSeed, segmentSeed } from '../keys.ts'
import { seal, sealBytes, unseal } from '../seal.ts'
import type { StateFile } from './open.ts'
import { addStatement, commitStatement, readStatement, removeStatement } from './schema.ts'
import { packCheckpoint } from './stored-checkpoint.ts'

/** Segments removed in one transaction: freeing their pages takes time in which nothing else is written. */
const removedAtOnce = 8

/**
 * The state of a replica in a SQLite file of its own. Writes, removals and reads go one after the other, so that none of
 * them waits for the journal's connection, nor that one for them.
 */
export class SqliteStateStore implements StateStore {
  readonly #file: StateFile
  readonly #removals = new Removals()
  /** Segments to be removed when there is time. */
  #removed: number[] = []
  #lastKey: number
  #named: readonly number[]
  #isWriting = false
  #failure: StoreError | undefined
  /** All work, one after the other. */
  #last: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(file: StateFile) {
    this.#file = file
    this.#lastKey = file.lastKey
    this.#named = file.checkpoint?.segments ?? []
  }

  add(segments: readonly Uint8Array[], done: (error: StoreError | null, keys?: readonly number[]) => void): void {
    const keys = segments.map(() => ++this.#lastKey)
    const rows = segments.flatMap((bytes, at) => [
      keys[at]!,
      this.#sealed(bytes, segmentSeed(this.#file.seed, keys[at]!)),
    ])
    this.#write(
      () => this.#file.connection.all(addStatement(keys.length), ...rows),
      error => (error === null ? done(null, keys) : done(error)),
    )
  }

  commit(checkpoint: StoredCheckpoint, done: (error: StoreError | null) => void): void {
    const bytes = this.#sealed(packCheckpoint(checkpoint), checkpointSeed(this.#file.seed))
    this.#write(
      () => this.#file.connection.all(commitStatement, bytes),
      error => {
        if (error === null) {
          const isNamed = new Set(checkpoint.segments)
          const before = this.#named
          this.#named = checkpoint.segments
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
    this.#enqueue(() => this.#read(key)).then(
      bytes => done(null, bytes),
      error => done(withRemedy(toStoreError(error, `reading ${this.#file.path}`))),
    )
  }

  pin(keys: readonly number[]): () => void {
    this.#removals.pin(keys)
    return () => this.#remove(this.#removals.unpin(keys))
  }

  /** Ends after the work under way. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#last
    await this.#file.connection.close()
  }

  async #read(key: number): Promise<Uint8Array> {
    const { connection, path, seed } = this.#file
    const [row] = await connection.all<{ bytes: Buffer }>(readStatement, key)
    if (row === undefined) throw damaged(path, `segment ${key}`, 'it is missing')
    try {
      return unseal(row.bytes, 0, segmentSeed(seed, key))
    } catch (error) {
      throw named(error, path, `segment ${key}`)
    }
  }

  #write(work: () => Promise<unknown>, done: (error: StoreError | null) => void): void {
    invariant(!this.#isWriting, () => `one write at a time: a write to ${this.#file.path} is under way`)
    this.#isWriting = true
    this.#enqueue(async () => {
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
    if (found.code !== 'storeFull') this.#failure ??= found
    return found
  }

  /** A removal that fails leaves segments that nobody names: the next opening removes them. */
  #remove(keys: readonly number[]): void {
    this.#removed.push(...keys)
    if (this.#removed.length === 0) return
    const some = this.#removed.splice(0, removedAtOnce)
    this.#enqueue(async () => {
      if (this.#failure === undefined && !this.#isClosed)
        await this.#file.connection.all(removeStatement, JSON.stringify(some))
    }).then(
      () => this.#remove([]),
      error => {
        if (!isFull(error)) this.#failed(error)
      },
    )
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work)
    this.#last = result.then(
      () => undefined,
      () => undefined,
    )
    return result
  }

  #sealed(bytes: Uint8Array, seed: number): Buffer {
    const sealed = Buffer.allocUnsafe(bytes.length + sealBytes)
    seal(sealed, 0, seed, bytes)
    return sealed
  }
}
