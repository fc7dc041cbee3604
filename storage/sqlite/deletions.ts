import type { Connection } from './connection.ts'
import { type InstanceOf, keyBytes, writeKey } from './keys.ts'
import type { SqliteLimits } from './limits.ts'
import type { Truncate } from './truncations.ts'

/** Records looked at first. */
const firstRecords = 8

/**
 * Deletes the folded records that truncations have left in the tables, a part of them between two flushes: all at once would
 * delay one flush by a second where large commands were folded. Until they are gone the truncations in the journal tell
 * that they are dead, so that nothing is folded meanwhile.
 */
export interface Deletions {
  add(truncate: Truncate): void
  /** Whether something may be left to delete. */
  readonly isPending: boolean
  /**
   * Deletes a part.
   * @param bytes of the flush before it: what is left must not grow
   */
  run(bytes: number): Promise<void>
}

/** @param truncations that were found in the journal: perhaps not all of what they leave was deleted */
export function createDeletions(
  connection: Connection,
  { deletedBytes, deletedRecordsMax }: Pick<SqliteLimits, 'deletedBytes' | 'deletedRecordsMax'>,
  truncations: Iterable<Truncate>,
): Deletions {
  /** By epoch and rank, the highest instance that is gone. */
  const pending = new Map<number, InstanceOf>()

  /** The commands go first: one without a vote would be taken for damage. @returns whether none is left */
  async function deleteCommands(from: Buffer, to: Buffer, bytesMax: number): Promise<boolean> {
    let rows: readonly { readonly key: Buffer; readonly bytes: number }[] = []
    let bytes = 0
    // A few, then more: SQLite goes through every page of a long one to tell its length.
    for (let limit = firstRecords; ; limit *= 8) {
      const looked = Math.min(limit, deletedRecordsMax)
      rows = await connection.all(
        'SELECT key, length(bytes) AS bytes FROM commands WHERE key BETWEEN ? AND ? ORDER BY key LIMIT ?',
        from,
        to,
        looked,
      )
      bytes = rows.reduce((sum, row) => sum + row.bytes, 0)
      if (bytes >= bytesMax || rows.length < looked || looked === deletedRecordsMax) break
    }
    if (rows.length === 0) return true
    let count = 0
    for (let sum = 0; count < rows.length && sum < bytesMax; count++) sum += rows[count]!.bytes
    await connection.all('DELETE FROM commands WHERE key BETWEEN ? AND ?', from, rows[count - 1]!.key)
    return false
  }

  async function deleteVotes(from: Buffer, to: Buffer): Promise<boolean> {
    const rows = await connection.all<{ key: Buffer }>(
      'SELECT key FROM votes WHERE key BETWEEN ? AND ? ORDER BY key LIMIT ?',
      from,
      to,
      deletedRecordsMax,
    )
    if (rows.length > 0) await connection.all('DELETE FROM votes WHERE key BETWEEN ? AND ?', from, rows.at(-1)!.key)
    return rows.length < deletedRecordsMax
  }

  function add({ epoch, upTo }: Truncate): void {
    upTo.forEach((index, rank) => {
      const row = epoch * 256 + rank
      if ((pending.get(row)?.index ?? -1) < index) pending.set(row, { epoch, rank, index })
    })
  }

  for (const truncate of truncations) add(truncate)
  return {
    add,
    get isPending() {
      return pending.size > 0
    },
    async run(bytes) {
      for (const [row, upTo] of pending) {
        const from = keyOf({ ...upTo, index: 0 })
        const to = keyOf(upTo)
        if (!(await deleteCommands(from, to, Math.max(deletedBytes, bytes)))) return
        if (!(await deleteVotes(from, to))) return
        pending.delete(row)
      }
    },
  }
}

function keyOf(id: InstanceOf): Buffer {
  const key = Buffer.allocUnsafe(keyBytes)
  writeKey(key, 0, id)
  return key
}
