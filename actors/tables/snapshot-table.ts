import { sameBytes } from '../../machines/protocol/same-bytes.ts'
import type { RawTable } from './raw-table.ts'

const chunkBytes = 65_536
/** Keys of chunks are in the order of the chunks. */
const keyOf = (chunk: number): string => String(chunk).padStart(8, '0')

/**
 * Snapshots of a state machine without tables, in a table of chunks: only chunks that changed are written, so that a
 * checkpoint of a state whose snapshots change little is small.
 */
export class SnapshotTable {
  readonly #table: RawTable

  constructor(table: RawTable) {
    this.#table = table
  }

  /** Makes the table hold a snapshot. */
  write(snapshot: Uint8Array): void {
    // An empty snapshot has a chunk too: it tells from nothing.
    const chunks = Math.max(1, Math.ceil(snapshot.length / chunkBytes))
    for (let chunk = 0; chunk < chunks; chunk++) {
      const bytes = snapshot.subarray(chunk * chunkBytes, (chunk + 1) * chunkBytes)
      const before = this.#table.view(keyOf(chunk))
      if (before === undefined || !sameBytes(before, bytes)) this.#table.set(keyOf(chunk), bytes)
    }
    for (let chunk = chunks; this.#table.delete(keyOf(chunk)); chunk++);
  }

  /** The snapshot in the table; undefined when there is none. */
  read(): Uint8Array | undefined {
    const parts: Uint8Array[] = []
    for (let chunk = 0; ; chunk++) {
      const part = this.#table.view(keyOf(chunk))
      if (part === undefined) break
      parts.push(part)
    }
    if (parts.length === 0) return undefined
    const snapshot = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
    for (const [chunk, part] of parts.entries()) snapshot.set(part, chunk * chunkBytes)
    return snapshot
  }
}
