import { invariant } from '../../machines/protocol/errors.ts'
import { type Store, StoreError } from '../store.ts'
import { toStoreError, withRemedy } from './errors.ts'
import { filesOf } from './files.ts'
import { type OpenStore, openStore, type SqliteStoreOptions } from './open.ts'

export type { SqliteStoreOptions } from './open.ts'

/**
 * A store in a directory of its own, on SQLite: a journal whose rows are synced one by one, a checksum on every value, and a
 * mark beside the log, so that lost writes are noticed at the next opening (README.md).
 */
export function createSqliteStore(options: SqliteStoreOptions): Store {
  const files = filesOf(options.directory)
  let store: OpenStore | undefined
  let opening: 'not yet' | 'now' | 'done' = 'not yet'
  let flushes = 0
  let writing = false
  /** Why no write is taken any more. */
  let failure: StoreError | undefined
  let closing: Promise<void> | undefined
  let becameIdle: (() => void) | undefined

  function fail(error: unknown): StoreError {
    const found = withRemedy(toStoreError(error, `writing ${files.database}`))
    if (found.code !== 'storeFull') failure ??= found
    return found
  }

  /** The store to write to, or why it takes no write. */
  function writable(): OpenStore | StoreError {
    if (store === undefined || closing !== undefined) {
      return new StoreError('storeClosed', `the store in ${files.directory} is not open: nothing was written`)
    }
    if (failure === undefined) return store
    const message = `${files.database}: nothing was written, because an earlier write failed: ${failure.message}`
    return new StoreError('storeFailed', message, { cause: failure })
  }

  /** A mark that cannot be kept fails the store, be the disk full or not. */
  function markFailed(error: unknown): StoreError {
    return fail(new StoreError('storeFailed', `writing ${files.mark}: ${error}`, { cause: error }))
  }

  async function close(): Promise<void> {
    if (writing || opening === 'now') {
      await new Promise<void>(resolve => {
        becameIdle = resolve
      })
    }
    if (failure === undefined) store?.mark.sync()
    await store?.release()
    store = undefined
  }

  return {
    open(done) {
      invariant(opening === 'not yet', () => `a store is opened once: ${files.directory} was opened before`)
      opening = 'now'
      const settle = () => {
        opening = 'done'
        becameIdle?.()
      }
      openStore(files, options, markFailed).then(
        opened => {
          store = opened
          flushes = opened.flushes
          settle()
          done(null, opened.contents)
        },
        (error: StoreError) => {
          settle()
          done(error)
        },
      )
    },

    write(batch, done) {
      invariant(!writing, () => `one write at a time: a write to ${files.database} is in flight`)
      const target = writable()
      if (target instanceof StoreError) {
        setImmediate(() => done(target))
        return
      }
      const settle = (error: StoreError | null) => {
        writing = false
        // Who closes is told after this callback: promises wait for it.
        becameIdle?.()
        done(error)
      }
      const flush = flushes + 1
      const size = target.flusher.write(batch, flush, problem => {
        if (problem !== null) {
          settle(fail(problem))
          return
        }
        flushes = flush
        target.mark.advance(flush)
        if (!target.upkeep.isDueAfter(flush, batch, size)) settle(null)
        else target.upkeep.run(problem => settle(problem === null ? null : fail(problem)))
      })
      writing = true
    },

    close(done) {
      closing ??= close()
      void closing.then(done)
    },
  }
}
