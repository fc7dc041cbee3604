const mib = 1024 * 1024

export interface SqliteLimits {
  /**
   * The journal is folded beyond this, its records alive or not. More than the upper layers write between two snapshots, so
   * that what is folded is dead as a rule; and what opening has to read in the order of milliseconds a MiB.
   */
  readonly journalBytesMax: number
  /** What one fold takes out of the journal, at least: it holds up the next flush. */
  readonly segmentBytes: number
  /** The log moves into the database after this: opening reads it, and moving it holds up the next flush. */
  readonly logBytesMax: number
}

export const defaultSqliteLimits: SqliteLimits = {
  journalBytesMax: 128 * mib,
  segmentBytes: 1 * mib,
  logBytesMax: 4 * mib,
}
