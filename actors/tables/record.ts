import { TableError } from './table-error.ts'

/**
 * A record, the same bytes in memory and on disk: its length (4), flags (1), length of the key (3), hash of key and value
 * (4 + 4), the key in UTF-8, the value. Numbers are little-endian. A tombstone says that its key is gone, and has no value.
 */
export const recordHeaderBytes = 16
const keyBytesMax = 0xff_ff_ff
/** So that a place in a slot is a small integer. */
const recordBytesMax = 2 ** 30

/** Flags of a record. Those of its end are never written to disk. */
export const tombstone = 1
/** Another record, or nothing, stands for its key now. */
export const dead = 2
/** Likewise, but it belongs to the point of the checkpoint under way, which has yet to come to it. */
export const victim = 4

const flagsAt = 4
const encoder = new TextEncoder()
// A mark of byte order is a character like others here.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

export function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
}

function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word
  bytes[at + 1] = word >>> 8
  bytes[at + 2] = word >>> 16
  bytes[at + 3] = word >>> 24
}

export const lengthAt = (bytes: Uint8Array, at: number): number => wordAt(bytes, at)
export const flagsOf = (bytes: Uint8Array, at: number): number => bytes[at + flagsAt]!
export function flag(bytes: Uint8Array, at: number, flags: number): void {
  bytes[at + flagsAt]! |= flags
}
/** Leaves of the flags what belongs to the record itself. */
export function cleanFlags(bytes: Uint8Array, at: number): void {
  bytes[at + flagsAt]! &= tombstone
}
const keyBytesAt = (bytes: Uint8Array, at: number): number =>
  bytes[at + 5]! | (bytes[at + 6]! << 8) | (bytes[at + 7]! << 16)

/** The two halves of a record's hash. */
export const hashAAt = (bytes: Uint8Array, at: number): number => wordAt(bytes, at + 8)
export const hashBAt = (bytes: Uint8Array, at: number): number => wordAt(bytes, at + 12)

/** The first byte of a record's value; its end is that of the record. */
export const valueAt = (bytes: Uint8Array, at: number): number => at + recordHeaderBytes + keyBytesAt(bytes, at)

/** Whether bytes from here on are whole records: each ends where the next begins, and has its key. */
export function areRecords(bytes: Uint8Array, from: number): boolean {
  let at = from
  while (at < bytes.length) {
    const length = lengthAt(bytes, at)
    if (length < recordHeaderBytes || at + length > bytes.length || valueAt(bytes, at) > at + length) return false
    at += length
  }
  return true
}

/** Maximum bytes of a record with a value of at most so many. @throws TableError when it would be too large */
export function roomFor(key: string, valueBytesMax: number): number {
  const room = recordHeaderBytes + 3 * key.length + valueBytesMax
  if (room > recordBytesMax)
    throw new TableError('malformed', `a value of at most ${recordBytesMax} bytes is expected, found ${valueBytesMax}`)
  return room
}

/** Characters up to which a loop is faster than an encoder or a decoder. */
const shortMax = 32

/**
 * Writes the key of a record, whose header is completed by `finishRecord`.
 * @returns the place after it
 * @throws TableError when the key is no text of whole characters, or is too long
 */
export function writeKey(bytes: Uint8Array, at: number, key: string): number {
  const keyAt = at + recordHeaderBytes
  const end = writeText(bytes, keyAt, key, 'key')
  const length = end - keyAt
  if (length > keyBytesMax) throw new TableError('malformed', `a key of ${length} bytes; at most ${keyBytesMax} may be`)
  bytes[at + 5] = length
  bytes[at + 6] = length >>> 8
  bytes[at + 7] = length >>> 16
  return end
}

/** Writes a text in UTF-8. @returns the place after it. @throws TableError */
export function writeText(bytes: Uint8Array, at: number, text: string, name: 'key' | 'value'): number {
  if (typeof text !== 'string')
    throw new TableError('malformed', `a text is expected as ${name}, found a value of type ${typeof text}`)
  const { length } = text
  if (length <= shortMax) {
    let end = at
    let i = 0
    for (; i < length; i++) {
      const unit = text.charCodeAt(i)
      if (unit >= 0x80) break
      bytes[end++] = unit
    }
    if (i === length) return end
  }
  if (!isWellFormed(text))
    throw new TableError('malformed', `a text of whole characters is expected as ${name}, found half a character`)
  return at + encoder.encodeInto(text, bytes.subarray(at)).written
}

const isWellFormed = (text: string): boolean => (text as string & { isWellFormed(): boolean }).isWellFormed()

/** A text in UTF-8, in bytes of its own. @throws TableError */
export function bytesOfText(text: string, name: 'key' | 'value'): Uint8Array {
  if (!isWellFormed(text))
    throw new TableError('malformed', `a text of whole characters is expected as ${name}, found half a character`)
  return encoder.encode(text)
}

/** The text in a part of bytes. */
export function textIn(bytes: Uint8Array, from: number, to: number): string {
  if (to - from > shortMax) return decoder.decode(bytes.subarray(from, to))
  for (let at = from; at < to; at++) if (bytes[at]! >= 0x80) return decoder.decode(bytes.subarray(from, to))
  return String.fromCharCode.apply(null, bytes.subarray(from, to) as unknown as number[])
}

/** The key of a record: a text that keeps no other memory alive. */
export const keyAt = (bytes: Uint8Array, at: number): string =>
  textIn(bytes, at + recordHeaderBytes, valueAt(bytes, at))

/** Completes the header of a record whose key and value stand. */
export function finishRecord(bytes: Uint8Array, at: number, end: number, flags: number): void {
  writeWord(bytes, at, end - at)
  bytes[at + flagsAt] = flags
  hash(bytes, at, end)
}

const viewedFromBytes = 256

/**
 * Hashes key and value to 64 bits in two halves, made for sums: it tells states that differ by accident, and is not
 * made against an adversary.
 */
function hash(bytes: Uint8Array, at: number, end: number): void {
  // The key's length is mixed in, or its last byte could as well be the value's first.
  let a = Math.imul(keyBytesAt(bytes, at) ^ 0x9e3779b9, 0x85ebca6b)
  let b = Math.imul(end - at, 0xc2b2ae35) ^ 0x1b873593
  let from = at + recordHeaderBytes
  // A view reads a word at once. Making one pays for long records.
  const view = end - from < viewedFromBytes ? undefined : new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (const last = end - 3; from < last; from += 4) {
    const word = view === undefined ? wordAt(bytes, from) : view.getInt32(from, true)
    a = Math.imul(a ^ word, 0xcc9e2d51)
    a ^= a >>> 15
    b = Math.imul((b << 13) | (b >>> 19), 5) + Math.imul(word, 0x1b873593)
  }
  let tail = 0
  for (; from < end; from++) tail = (tail << 8) | bytes[from]!
  a = Math.imul(a ^ tail, 0xcc9e2d51)
  b = Math.imul((b << 13) | (b >>> 19), 5) + Math.imul(tail, 0x1b873593)
  writeWord(bytes, at + 8, avalanche(a))
  writeWord(bytes, at + 12, avalanche(b ^ a))
}

/** Every bit of the result depends on every bit of the word. */
function avalanche(word: number): number {
  let mixed = word
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
