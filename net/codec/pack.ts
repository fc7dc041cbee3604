import { Packr, Unpackr } from 'msgpackr'
import { CodecError } from '../codec.ts'
import { checkWire, type WireLimits } from './wire.ts'

// No records: they would be a second, stateful format inside the first, defined by the sender.
const packr = new Packr({ useRecords: false, variableMapSize: true })
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true })

/**
 * MessagePack of a value, as an array of its own: msgpackr packs into slabs of 8 KiB and more, and a view would keep
 * the whole slab alive for as long as a small record lives.
 * @throws CodecError when the value cannot be packed, for example because it contains itself
 */
export const pack = (value: unknown, what: string): Uint8Array => kept(packBriefly(value, what))

/** Bytes that may be kept: copied, unless they are most of the memory that a view of it keeps alive. */
export const kept = (bytes: Uint8Array): Uint8Array =>
  2 * bytes.length > bytes.buffer.byteLength ? plainBytes(bytes) : new Uint8Array(bytes)

/**
 * MessagePack of a value for bytes that are dropped soon: a frame, or a part of a larger value. They are not copied.
 */
export function packBriefly(value: unknown, what: string): Uint8Array {
  try {
    return plainBytes(packr.pack(value))
  } catch (cause) {
    throw new CodecError(`${what}: cannot be packed (${cause instanceof Error ? cause.message : cause})`, { cause })
  }
}

/**
 * Checks, then reads, MessagePack of a shape. Byte strings in it are views of `bytes`.
 * @throws CodecError
 */
export function unpack(bytes: Uint8Array, what: string, limits: WireLimits): unknown {
  checkWire(bytes, what, limits)
  try {
    // msgpackr attaches a DataView to the array that it reads, for the array's lifetime: a payload is kept long after
    // it was read.
    return unpackr.unpack(bytes.subarray())
  } catch (cause) {
    throw new CodecError(`${what}: cannot be read (${cause instanceof Error ? cause.message : cause})`, { cause })
  }
}

/** The same memory as a plain Uint8Array: a Buffer's `slice`, `toString` and `toJSON` differ. */
export const plainBytes = (bytes: Uint8Array): Uint8Array =>
  bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
