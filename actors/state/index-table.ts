import type { ConflictIndex } from '../../machines/protocol/conflict-index.ts'
import type { IndexEntry } from '../../machines/protocol/index-passes.ts'
import type { RawTable } from '../tables/raw-table.ts'
import { TableError } from '../tables/table-error.ts'

/** The name of the table that the conflict index has in a checkpoint. */
export const indexTable = '$index'

/** Puts entries into the table; those of keys that were evicted leave it (rule 8.6). */
export function putEntries(entries: readonly IndexEntry[], table: RawTable): void {
  for (const { name, entries: found } of entries) {
    if (found === undefined) table.delete(name)
    else table.set(name, bytesOf(Float64Array.of(...found.reads, ...found.writes)))
  }
}

/** Entries restored between two pauses. */
const sliceEntries = 1_024
/** Bytes of an index of reads and one of writes. */
const entryBytesUnit = 2 * Float64Array.BYTES_PER_ELEMENT

/** Restores an index from a table that was read, with pauses. Its generator throws TableError `malformed`. */
export function* restoring(index: Pick<ConflictIndex, 'restore'>, table: RawTable): Generator<void, void> {
  let count = 0
  for (const entry of entriesOf(table)) {
    index.restore(entry)
    if (++count % sliceEntries === 0) yield
  }
}

function* entriesOf(table: RawTable): Generator<IndexEntry> {
  for (const slot of table.slots)
    for (const name of slot?.index.keys() ?? []) {
      const bytes = table.view(name)!
      if (bytes.length % entryBytesUnit !== 0)
        throw new TableError(
          'malformed',
          `an entry of the index has as many reads as writes, found ${bytes.length} bytes`,
        )
      const numbers = new Float64Array(bytes.slice().buffer)
      const half = numbers.length / 2
      yield { name, entries: { reads: [...numbers.subarray(0, half)], writes: [...numbers.subarray(half)] } }
    }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float64Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)
