import type { RawTable } from '../tables/raw-table.ts'

/** Bytes of a chunk: small against a state, large against what is known of one. */
const chunkBytes = 65_536

const same = (a: Uint8Array | undefined, b: Uint8Array): boolean =>
  a !== undefined && a.length === b.length && Buffer.compare(a, b) === 0

/** The key of a chunk. */
const chunkAt = (at: number): string => `${at}`

/** Puts bytes into a table, in chunks: only those that have changed are written. */
export function pack(bytes: Uint8Array, table: RawTable): void {
  const chunks = Math.ceil(bytes.length / chunkBytes)
  for (let at = 0; at < chunks; at++) {
    const chunk = bytes.subarray(at * chunkBytes, (at + 1) * chunkBytes)
    if (!same(table.view(chunkAt(at)), chunk)) table.set(chunkAt(at), chunk)
  }
  for (let at = chunks; table.delete(chunkAt(at)); at++);
}

/** The bytes that were put into a table. */
export function unpack(table: RawTable): Uint8Array {
  const chunks = Array.from({ length: table.size }, (_, at) => table.view(chunkAt(at))!)
  return Buffer.concat(chunks)
}
