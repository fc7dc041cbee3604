import { CodecError } from '../codec.ts'

/** The limits that bytes must obey before anything is built of them. */
export interface WireLimits {
  /** Values of any kind, containers included. */
  readonly itemsMax: number
  /** Containers inside containers. */
  readonly depthMax: number
  /** Plain data may hold maps, negative numbers and fractions of 32 bits; shapes never do. */
  readonly plainData: boolean
}

/** Making a view pays for texts of so many bytes. */
const viewedFromBytes = 256

/** The place up to which a text is ASCII for sure. */
function endOfAscii(bytes: Uint8Array, from: number, to: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = from
  for (; at + 8 <= to; at += 8) if (((view.getInt32(at) | view.getInt32(at + 4)) & 0x80808080) !== 0) break
  return at
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function checkUtf8(bytes: Uint8Array, from: number, to: number, what: string): void {
  // Most texts are ASCII, and every replica checks each: eight bytes at a time, of a long one by a view.
  let at = to - from < viewedFromBytes ? from : endOfAscii(bytes, from, to)
  for (; at + 8 <= to; at += 8) {
    const some =
      bytes[at]! |
      bytes[at + 1]! |
      bytes[at + 2]! |
      bytes[at + 3]! |
      bytes[at + 4]! |
      bytes[at + 5]! |
      bytes[at + 6]! |
      bytes[at + 7]!
    if (some >= 0x80) break
  }
  for (; at < to; at++) {
    if (bytes[at]! < 0x80) continue
    try {
      utf8.decode(bytes.subarray(at, to))
    } catch (cause) {
      throw new CodecError(`${what}: the text at byte ${from} is not UTF-8`, { cause })
    }
    return
  }
}

/** The kinds of data after a token: so many bytes, of text or not, or so many items. */
const kinds = { none: 0, bytes: 1, text: 2, list: 3, map: 4, refused: 5 } as const
type Kind = (typeof kinds)[keyof typeof kinds]

/**
 * Per token, the kind of data after it; and the width of the length in bytes, or the length itself, negative and less
 * one.
 */
const kindOf = new Uint8Array(256).fill(kinds.refused)
const sizeOf = new Int8Array(256)
const plainDataOnly = new Uint8Array(256)

function define(from: number, to: number, kind: Kind, size: (token: number) => number, onlyInPlainData = false): void {
  for (let token = from; token <= to; token++) {
    kindOf[token] = kind
    sizeOf[token] = size(token)
    plainDataOnly[token] = onlyInPlainData ? 1 : 0
  }
}
const exactly = (length: number): number => -1 - length

define(0x00, 0x7f, kinds.none, () => exactly(0))
define(0x80, 0x8f, kinds.map, token => exactly(token - 0x80), true)
define(0x90, 0x9f, kinds.list, token => exactly(token - 0x90))
define(0xa0, 0xbf, kinds.text, token => exactly(token - 0xa0))
define(0xc0, 0xc0, kinds.none, () => exactly(0))
define(0xc2, 0xc3, kinds.none, () => exactly(0))
define(0xc4, 0xc6, kinds.bytes, token => 1 << (token - 0xc4))
define(0xca, 0xca, kinds.bytes, () => exactly(4), true)
define(0xcb, 0xcb, kinds.bytes, () => exactly(8))
define(0xcc, 0xce, kinds.bytes, token => exactly(1 << (token - 0xcc)))
define(0xd0, 0xd2, kinds.bytes, token => exactly(1 << (token - 0xd0)), true)
define(0xd9, 0xdb, kinds.text, token => 1 << (token - 0xd9))
define(0xdc, 0xdd, kinds.list, token => 2 << (token - 0xdc))
define(0xde, 0xdf, kinds.map, token => 2 << (token - 0xde), true)
define(0xe0, 0xff, kinds.none, () => exactly(0), true)

/** A key of a map is a text, and not the one that would change a prototype. */
function checkKey(bytes: Uint8Array, at: number, end: number, what: string): void {
  if (at >= end) return
  const token = bytes[at]!
  if (kindOf[token] !== kinds.text) throw new CodecError(`${what}: the key at byte ${at} is no text`)
  const from = token >= 0xd9 ? at + 1 + (1 << (token - 0xd9)) : at + 1
  const length = token >= 0xd9 ? bytes[from - 1]! : token - 0xa0
  if (length !== forbiddenKey.length) return
  for (let i = 0; i < length; i++) if (bytes[from + i] !== forbiddenKey[i]) return
  throw new CodecError(`${what}: the key at byte ${at} is __proto__`)
}
const forbiddenKey = new TextEncoder().encode('__proto__')

/**
 * Per open container, the items still to come. Reused, never shortened: nothing is called in the middle that could come
 * back here.
 */
const open: number[] = []
/** Per open container, whether it is a map. */
const maps: boolean[] = []

/**
 * Walks over MessagePack bytes without building anything, in one pass, and refuses data that a decoder must never take
 * from a stranger: extensions (dates, sets, records, references), 64-bit integers, text that is not UTF-8 (two decoders
 * may read it differently), lengths beyond the bytes there are, too many items, too deep nesting, bytes after the end.
 * @param from the place in `bytes` where the one value begins that ends at `end`
 * @throws CodecError
 */
export function checkWire(bytes: Uint8Array, what: string, limits: WireLimits, from = 0, end = bytes.length): void {
  const at = endOfValue(bytes, what, limits, from, end)
  if (at !== end) throw new CodecError(`${what}: ends at byte ${at}, but ${end - at} bytes follow`)
}

/**
 * Checks one value in `bytes`, whatever follows it.
 * @returns the place of its end
 * @throws CodecError
 */
export function endOfValue(bytes: Uint8Array, what: string, limits: WireLimits, from: number, end: number): number {
  let items = 0
  let at = from
  let left = 1
  let depth = 0
  let inMap = false

  for (;;) {
    while (left === 0) {
      if (depth === 0) return at
      left = open[--depth]!
      inMap = maps[depth]!
    }
    if (inMap && (left & 1) === 0) checkKey(bytes, at, end, what)
    left--
    if (at >= end) throw new CodecError(`${what}: ends at byte ${end}, where more is expected`)
    if (++items > limits.itemsMax) throw new CodecError(`${what}: has more than ${limits.itemsMax} items`)
    const token = bytes[at++]!
    if (token < 0x80) continue
    const kind = kindOf[token]
    if (kind === kinds.refused || (plainDataOnly[token] === 1 && !limits.plainData))
      throw new CodecError(`${what}: 0x${token.toString(16)} at byte ${at - 1} is no kind of value that is expected`)

    let length = sizeOf[token]!
    if (length < 0) length = exactly(length)
    else {
      const width = length
      if (end - at < width) throw new CodecError(`${what}: ends at byte ${end}, inside a length`)
      length = 0
      for (let i = 0; i < width; i++) length = length * 256 + bytes[at++]!
    }
    if (kind === kinds.map) length *= 2
    if (length > end - at)
      throw new CodecError(
        `${what}: ${length} bytes or items are declared at byte ${at}, but ${end - at} bytes are left`,
      )

    if (kind === kinds.list || kind === kinds.map) {
      maps[depth] = inMap
      open[depth++] = left
      inMap = kind === kinds.map
      if (depth > limits.depthMax) throw new CodecError(`${what}: nested deeper than ${limits.depthMax}`)
      left = length
    } else {
      if (kind === kinds.text) checkUtf8(bytes, at, at + length, what)
      at += length
    }
  }
}
