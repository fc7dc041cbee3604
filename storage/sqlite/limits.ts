const mib = 1024 * 1024

export interface SqliteLimits {
  /**
   * The journal is folded beyond this, its records alive or not. More than the upper layers write between two
   * snapshots, so that folded records are usually dead. Opening reads the journal, which takes some milliseconds per
   * MiB.
   */
  readonly journalBytesMax: number
  /** Minimum size of the part that one fold takes out of the journal. It delays the next flush. */
  readonly segmentBytes: number
  /** Size of the log at which it moves into the database: opening reads it, and the move delays the next flush. */
  readonly logBytesMax: number
  /**
   * Bytes of commands that one deletion takes out of the tables, about, and records that it looks at. It delays the next flush:
   * SQLite reads each page of a long command to free it.
   */
  readonly deletedBytes: number
  readonly deletedRecordsMax: number
}

export const defaultSqliteLimits: SqliteLimits = {
  journalBytesMax: 128 * mib,
  segmentBytes: 1 * mib,
  logBytesMax: 4 * mib,
  deletedBytes: 1 * mib,
  deletedRecordsMax: 1_024,
}
