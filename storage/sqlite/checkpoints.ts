import type { Connection } from './connection.ts'
import { isFull } from './errors.ts'

/** SQLite's own measure, in pages of 4 KiB. */
const logPagesMax = 1_000
const pageBytes = 4096
/** Pages that even a small flush writes: a leaf of each table. */
const flushPages = 3

/** Moves the log into the database now and then. */
export interface Checkpoints {
  /** A flush of so many bytes was written. @returns whether the log should be moved now */
  isDueAfter(bytes: number): boolean
  /** Between two flushes. SQLite's error, unless only the room for it was missing: then the log just stays longer. */
  run(done: (error: Error | null) => void): void
}

/**
 * SQLite would do this by itself, but keeps to itself what fails then: an fsync of the database that fails would go
 * unnoticed for as long as the log can grow.
 */
export function createCheckpoints(connection: Connection): Checkpoints {
  let logPages = 0
  return {
    isDueAfter(bytes) {
      logPages += flushPages + Math.ceil(bytes / pageBytes)
      return logPages >= logPagesMax
    },
    run(done) {
      connection.execute('PRAGMA wal_checkpoint(PASSIVE)').then(
        () => {
          logPages = 0
          done(null)
        },
        (error: Error) => done(isFull(error) ? null : error),
      )
    },
  }
}
