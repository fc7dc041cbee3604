import { invariant } from '../../machines/protocol/errors.ts'
import type { StateStore } from '../state-store.ts'
import { type Store, type StoreContents, StoreError, type WriteBatch } from '../store.ts'
import { isFull, toStoreError, withRemedy } from './errors.ts'
import { filesOf, type StoreFiles } from './files.ts'
import { type OpenStore, openStore, type SqliteStoreOptions } from './open.ts'
import { type Presence, watchPresence } from './presence.ts'

export type { SqliteStoreOptions } from './open.ts'

/**
 * A store in a directory of its own, on SQLite: a journal whose rows are synced one by one, a checksum on every value,
 * and a mark beside the log, so that lost writes are noticed at the next opening (README.md).
 */
export const createSqliteStore = (options: SqliteStoreOptions): Store => new SqliteStore(options)

class SqliteStore implements Store {
  readonly #options: SqliteStoreOptions
  readonly #files: StoreFiles
  #store: OpenStore | undefined
  #opening: 'not yet' | 'now' | 'done' = 'not yet'
  #flushes = 0
  #isWriting = false
  /** The error after which no write is taken any more. */
  #failure: StoreError | undefined
  #closing: Promise<void> | undefined
  #becameIdle: (() => void) | undefined
  #presence: Presence | undefined
  #whenFailed: (error: StoreError) => void = () => undefined

  constructor(options: SqliteStoreOptions) {
    this.#options = options
    this.#files = filesOf(options.directory)
  }

  get state(): StateStore {
    invariant(
      this.#store !== undefined,
      () => `the state of ${this.#files.directory} is used while its store is not open`,
    )
    return this.#store.state
  }

  open(done: (error: StoreError | null, contents?: StoreContents) => void): void {
    const files = this.#files
    invariant(this.#opening === 'not yet', () => `a store is opened once: ${files.directory} was opened before`)
    this.#opening = 'now'
    const settle = () => {
      this.#opening = 'done'
      this.#becameIdle?.()
    }
    openStore(
      files,
      this.#options,
      error => this.#markFailed(error),
      () => this.#flushes,
    ).then(
      opened => {
        this.#store = opened
        this.#flushes = opened.flushes
        this.#presence = watchPresence(files, error => this.#gone(error))
        settle()
        done(null, opened.contents)
      },
      (error: StoreError) => {
        settle()
        done(error)
      },
    )
  }

  whenFailed(told: (error: StoreError) => void): void {
    this.#whenFailed = told
  }

  write(batch: WriteBatch, done: (error: StoreError | null) => void): void {
    invariant(!this.#isWriting, () => `one write at a time: a write to ${this.#files.database} is in flight`)
    const target = this.#writable()
    if (target instanceof StoreError) {
      setImmediate(() => done(target))
      return
    }
    const settle = (problem: unknown) => {
      const error = problem === null ? null : this.#fail(problem)
      this.#isWriting = false
      // The caller of `close` is told after this callback: promises wait for it.
      this.#becameIdle?.()
      done(error)
    }
    const flush = this.#flushes + 1
    const size = target.flusher.write(batch, flush, problem => {
      if (problem !== null) {
        settle(problem)
        return
      }
      // Written to files that are gone: nobody would find it again.
      if (this.#failure !== undefined) {
        settle(this.#failure)
        return
      }
      this.#flushes = flush
      target.mark.advance(flush)
      if (target.upkeep.isDueAfter(flush, batch, size)) target.upkeep.run(settle)
      else settle(null)
    })
    this.#isWriting = true
  }

  close(done: () => void): void {
    this.#closing ??= this.#close()
    void this.#closing.then(done)
  }

  /** The store to write to, or the error why it takes no write. */
  #writable(): OpenStore | StoreError {
    const { directory, database } = this.#files
    if (this.#store === undefined || this.#closing !== undefined)
      return new StoreError('storeClosed', `the store in ${directory} is not open: nothing was written`)
    if (this.#failure === undefined) {
      const error = this.#store.mark.retry()
      return error === undefined ? this.#store : this.#fail(markError(this.#files, error))
    }
    const message = `${database}: nothing was written, because an earlier write failed: ${this.#failure.message}`
    return new StoreError('storeFailed', message, { cause: this.#failure })
  }

  #fail(error: unknown): StoreError {
    if (error instanceof StoreError && error === this.#failure) return error
    const found = withRemedy(toStoreError(error, `writing ${this.#files.database}`))
    if (found.code !== 'storeFull') this.#failure ??= found
    return found
  }

  /** A mark that cannot be kept fails the store. */
  #markFailed(error: Error): void {
    this.#fail(markError(this.#files, error))
  }

  #gone(error: StoreError): void {
    this.#whenFailed(this.#fail(error))
  }

  async #close(): Promise<void> {
    if (this.#isWriting || this.#opening === 'now')
      await new Promise<void>(resolve => {
        this.#becameIdle = resolve
      })
    this.#presence?.stop()
    if (this.#failure === undefined) this.#syncMark()
    // At its end SQLite deletes the log by its name, which may be another store's by now: all is left to the process's end.
    if (this.#failure?.code !== 'storeGone') await this.#store?.release()
    this.#store = undefined
  }

  /** A mark may stand lower than its store: without room for it the store is closed all the same. */
  #syncMark(): void {
    try {
      this.#store?.mark.sync()
    } catch (error) {
      if (!isFull(error)) throw error
    }
  }
}

const markError = (files: StoreFiles, error: Error): StoreError => toStoreError(error, `writing ${files.mark}`)
