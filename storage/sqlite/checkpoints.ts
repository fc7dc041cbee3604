import type { Connection } from './connection.ts'
import { isFull } from './errors.ts'
import type { SqliteLimits } from './limits.ts'

const pageBytes = 4096
/**
 * Pages that even a small statement writes: the journal's last leaf, the one above it, and the database's first page.
 */
const statementPages = 3

/** Moves the log into the database at intervals. */
export interface Checkpoints {
  /** Called after a statement that wrote so many bytes. @returns whether the log should be moved now */
  isDueAfter(bytes: number): boolean
  /**
   * Moves the log, between two statements. `done` gets SQLite's error, unless only room was missing: then the log just
   * stays longer.
   */
  run(done: (error: Error | null) => void): void
}

/**
 * Creates the checkpoints of a connection. SQLite would do this by itself, but hides errors then: a failed fsync of the
 * database would go unnoticed while the log can grow.
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
