import { StoreError } from '../store.ts'
import type { Connection } from './connection.ts'

const mib = 1024 * 1024

/** Settings of a connection, in the order in which they are made; each value must read back as set. */
export type Pragmas = readonly (readonly [name: string, value: string | number, readsBack: string | number])[]

/** Those of the database of votes. */
const votes: Pragmas = [
  // Before the first access: no other process gets in, and the log's index stays in this process's memory.
  ['locking_mode', 'EXCLUSIVE', 'exclusive'],
  ['journal_mode', 'WAL', 'wal'],
  // NORMAL would lose acknowledged commits at a power cut.
  ['synchronous', 'FULL', 2],
  // checkpoints.ts moves the log into the database, and gets the errors.
  ['wal_autocheckpoint', 0, 0],
  // On macOS fsync alone does not reach the disk; elsewhere these change nothing.
  ['fullfsync', 1, 1],
  ['checkpoint_fullfsync', 1, 1],
  ['cell_size_check', 1, 1],
  ['trusted_schema', 0, 0],
  // The log goes back to this size after a burst.
  ['journal_size_limit', 64 * mib, 64 * mib],
]

/**
 * Sets every pragma and reads it back.
 * @throws StoreError `storeFailed` when one has no effect: without it, an acknowledged write might not be durable
 */
export async function setPragmas(connection: Connection, file: string, pragmas: Pragmas = votes): Promise<void> {
  for (const [name, value, expected] of pragmas) {
    await connection.execute(`PRAGMA ${name} = ${value}`)
    const found = await readPragma(connection, name)
    if (found !== expected) {
      throw new StoreError('storeFailed', `${file}: PRAGMA ${name} should be ${expected} and is ${found}`)
    }
  }
}

/** The value of a pragma that has one. */
export async function readPragma(connection: Connection, name: string): Promise<unknown> {
  const rows = await connection.all<Record<string, unknown>>(`PRAGMA ${name}`)
  return Object.values(rows[0] ?? {})[0]
}
