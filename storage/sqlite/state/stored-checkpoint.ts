import type { StoredCheckpoint } from '../../state-store.ts'

/** A checkpoint, and how many flushes of votes were durable when it was written. */
export interface DatedCheckpoint extends StoredCheckpoint {
  readonly flushes: number
}

/** Numbers of 8 bytes, little-endian: its number, the flushes, how many segments, their keys; then the head. */
const numberBytes = 8
const firstKey = 3

export function packCheckpoint({ number, flushes, head, segments }: DatedCheckpoint): Uint8Array {
  const bytes = new Uint8Array(numberBytes * (firstKey + segments.length) + head.length)
  const view = new DataView(bytes.buffer)
  for (const [at, value] of [number, flushes, segments.length, ...segments].entries())
    view.setFloat64(at * numberBytes, value, true)
  bytes.set(head, bytes.length - head.length)
  return bytes
}

/** @param bytes whose checksum held: they are what was packed */
export function unpackCheckpoint(bytes: Uint8Array): DatedCheckpoint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const at = (place: number): number => view.getFloat64(place * numberBytes, true)
  const count = at(2)
  return {
    number: at(0),
    flushes: at(1),
    segments: Array.from({ length: count }, (_, which) => at(firstKey + which)),
    head: bytes.slice(numberBytes * (firstKey + count)),
  }
}
