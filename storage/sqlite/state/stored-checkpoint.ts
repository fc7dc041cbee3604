import type { StoredCheckpoint } from '../../state-store.ts'

/** Numbers of 8 bytes, little-endian: its number, how many segments, their keys; then the head. */
const numberBytes = 8

export function packCheckpoint({ number, head, segments }: StoredCheckpoint): Uint8Array {
  const bytes = new Uint8Array(numberBytes * (2 + segments.length) + head.length)
  const view = new DataView(bytes.buffer)
  for (const [at, value] of [number, segments.length, ...segments].entries())
    view.setFloat64(at * numberBytes, value, true)
  bytes.set(head, bytes.length - head.length)
  return bytes
}

/** @param bytes whose checksum held: they are what was packed */
export function unpackCheckpoint(bytes: Uint8Array): StoredCheckpoint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const at = (place: number): number => view.getFloat64(place * numberBytes, true)
  const count = at(1)
  return {
    number: at(0),
    segments: Array.from({ length: count }, (_, which) => at(2 + which)),
    head: bytes.slice(numberBytes * (2 + count)),
  }
}
