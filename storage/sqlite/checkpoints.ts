import type { Connection } from './connection.ts'
import { isFull } from './errors.ts'
import type { SqliteLimits } from './limits.ts'

const pageBytes = 4096
/** Pages that even a small statement writes: the journal's last leaf, the one above it, and the database's first page. */
const statementPages = 3

/** Moves the log into the database now and then. */
export interface Checkpoints {
  /** A statement wrote so many bytes. @returns whether the log should be moved now */
  isDueAfter(bytes: number): boolean
  /** Between two statements. SQLite's error, unless only the room for it was missing: then the log just stays longer. */
  run(done: (error: Error | null) => void): void
}

/**
 * SQLite would do this by itself, but keeps to itself what fails then: an fsync of the database that fails would go
 * unnoticed for as long as the log can grow.
 */
export function createCheckpoints(
  connection: Connection,
  { logBytesMax }: Pick<SqliteLimits, 'logBytesMax'>,
): Checkpoints {
  let logPages = 0
  return {
    isDueAfter(bytes) {
      logPages += statementPages + Math.ceil(bytes / pageBytes)
      return logPages * pageBytes >= logBytesMax
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
