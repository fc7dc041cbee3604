import { checksum } from './checksum.ts'

/** A value did not read back as it was written. */
export class SealError extends Error {}

/** Bytes that a seal adds to a value, before it and behind it. */
export const sealBytes = 8
export const sealBeginBytes = 4

/**
 * Writes a sealed value, `length (4) value checksum (4)`, into `target` at `offset`. The checksum covers the length and
 * begins from `seed`, which stands for the value's table and key: under another key it does not fit.
 * @returns the offset behind it
 */
export function seal(target: Buffer, offset: number, seed: number, value: Uint8Array): number {
  target.set(value, offset + sealBeginBytes)
  return sealAround(target, offset, seed, value.length)
}

/** Seals a value of so many bytes that stands there already, `sealBeginBytes` behind `offset`. */
export function sealAround(target: Buffer, offset: number, seed: number, length: number): number {
  const end = offset + sealBeginBytes + length
  target.writeUInt32BE(length, offset)
  target.writeUInt32BE(checksum(target, offset, end, seed), end)
  return end + 4
}

/**
 * The value that `seal` wrote: a view of `source`.
 * @throws SealError when it differs from the written value
 */
export function unseal(source: Buffer, offset: number, seed: number): Uint8Array {
  const length = offset + sealBeginBytes <= source.length ? source.readUInt32BE(offset) : Number.POSITIVE_INFINITY
  const end = offset + sealBeginBytes + length
  if (end + 4 > source.length) throw new SealError(`${source.length - offset} bytes are too few for it`)
  const expected = source.readUInt32BE(end)
  const found = checksum(source, offset, end, seed)
  if (expected !== found) throw new SealError(`its checksum is ${hex(found)}, not ${hex(expected)}`)
  return new Uint8Array(source.buffer, source.byteOffset + offset + sealBeginBytes, length)
}

const hex = (number: number): string => number.toString(16).padStart(8, '0')
