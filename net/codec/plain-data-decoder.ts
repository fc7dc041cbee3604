import { Utf8Text } from '../utf8-text.ts'
import { cachedTextMax, TextCache } from './text-cache.ts'

/** How long texts are read: as strings, or as their bytes, where they lie. */
export type Texts = 'strings' | 'bytes'

/** Shorter texts are always strings: most are keys, and a string of some characters is the smaller object. */
export const utf8TextBytesMin = 48

/** Longer texts are decoded by the platform. */
const shortTextMax = 16

// A mark of byte order is a character like others here.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const { fromCharCode } = String
const nothing: Uint8Array = new Uint8Array(0)
const texts = new TextCache(decoded)

/**
 * The decoder of plain data, the counterpart of `PlainDataEncoder`: for bytes that `checkWire` has passed. Byte strings are
 * copies, since a state machine keeps them. The package's own, since a library makes a string of every text.
 */
export class PlainDataDecoder {
  readonly #texts: Texts
  #bytes: Uint8Array = nothing
  /** Made for the first number that needs it. */
  #view: DataView | undefined
  #at = 0

  constructor(texts: Texts) {
    this.#texts = texts
  }

  /** The value that begins at this place. */
  decode(bytes: Uint8Array, from: number): unknown {
    this.#bytes = bytes
    this.#at = from
    const value = this.#value()
    this.#release()
    return value
  }

  /** So many values, end to end. */
  decodeEach(bytes: Uint8Array, count: number): unknown[] {
    this.#bytes = bytes
    this.#at = 0
    const values = this.#items(count)
    this.#release()
    return values
  }

  /** Lets go of the bytes: they are a part of somebody's frame. */
  #release(): void {
    this.#bytes = nothing
    this.#view = undefined
  }

  #value(): unknown {
    const token = this.#bytes[this.#at++]!
    if (token < 0x80) return token
    if (token < 0x90) return this.#map(token & 0x0f)
    if (token < 0xa0) return this.#items(token & 0x0f)
    if (token < 0xc0) return this.#text(token & 0x1f)
    if (token >= 0xe0) return token - 0x100
    switch (token) {
      case 0xc0:
        return null
      case 0xc2:
        return false
      case 0xc3:
        return true
      case 0xc4:
        return this.#byteString(this.#uint8())
      case 0xc5:
        return this.#byteString(this.#uint16())
      case 0xc6:
        return this.#byteString(this.#uint32())
      case 0xca:
        return this.#dataView().getFloat32(this.#passed(4))
      case 0xcb:
        return this.#dataView().getFloat64(this.#passed(8))
      case 0xcc:
        return this.#uint8()
      case 0xcd:
        return this.#uint16()
      case 0xce:
        return this.#uint32()
      case 0xd0:
        return (this.#uint8() << 24) >> 24
      case 0xd1:
        return (this.#uint16() << 16) >> 16
      case 0xd2:
        return this.#uint32() | 0
      case 0xd9:
        return this.#text(this.#uint8())
      case 0xda:
        return this.#text(this.#uint16())
      case 0xdb:
        return this.#text(this.#uint32())
      case 0xdc:
        return this.#items(this.#uint16())
      case 0xdd:
        return this.#items(this.#uint32())
      case 0xde:
        return this.#map(this.#uint16())
      default:
        return this.#map(this.#uint32())
    }
  }

  #items(count: number): unknown[] {
    const items = new Array<unknown>(count)
    for (let at = 0; at < count; at++) items[at] = this.#value()
    return items
  }

  #map(count: number): Record<string, unknown> {
    const map: Record<string, unknown> = {}
    for (let left = count; left > 0; left--) map[this.#key()] = this.#value()
    return map
  }

  /** A key of a map is always a string. */
  #key(): string {
    const token = this.#bytes[this.#at++]!
    if (token < 0xc0) return this.#string(token & 0x1f)
    if (token === 0xd9) return this.#string(this.#uint8())
    return this.#string(token === 0xda ? this.#uint16() : this.#uint32())
  }

  #text(length: number): string | Utf8Text {
    if (length < utf8TextBytesMin || this.#texts === 'strings') return this.#string(length)
    const from = this.#passed(length)
    return new Utf8Text(this.#bytes, from, this.#at)
  }

  #string(length: number): string {
    const from = this.#passed(length)
    return length <= cachedTextMax ? texts.get(this.#bytes, from, length) : decoded(this.#bytes, from, length)
  }

  #byteString(length: number): Uint8Array {
    const from = this.#passed(length)
    return this.#bytes.slice(from, this.#at)
  }

  #dataView(): DataView {
    const { buffer, byteOffset, byteLength } = this.#bytes
    this.#view ??= new DataView(buffer, byteOffset, byteLength)
    return this.#view
  }

  /** Passes so many bytes. @returns the place before them */
  #passed(count: number): number {
    const from = this.#at
    this.#at += count
    return from
  }

  #uint8(): number {
    return this.#bytes[this.#at++]!
  }

  #uint16(): number {
    return this.#uint8() * 0x100 + this.#uint8()
  }

  #uint32(): number {
    return this.#uint16() * 0x10000 + this.#uint16()
  }
}

function decoded(bytes: Uint8Array, from: number, length: number): string {
  return (
    (length <= shortTextMax ? shortAscii(bytes, from, length) : undefined) ??
    decoder.decode(bytes.subarray(from, from + length))
  )
}

/** A short text, four characters at a time; undefined when it is not ASCII. */
function shortAscii(bytes: Uint8Array, from: number, length: number): string | undefined {
  let text = ''
  let at = from
  const end = from + length
  for (; at + 4 <= end; at += 4) {
    const a = bytes[at]!
    const b = bytes[at + 1]!
    const c = bytes[at + 2]!
    const d = bytes[at + 3]!
    if ((a | b | c | d) >= 0x80) return undefined
    text += fromCharCode(a, b, c, d)
  }
  if (at === end) return text
  const a = bytes[at]!
  const b = at + 1 < end ? bytes[at + 1]! : 0
  const c = at + 2 < end ? bytes[at + 2]! : 0
  if ((a | b | c) >= 0x80) return undefined
  switch (end - at) {
    case 1:
      return text + fromCharCode(a)
    case 2:
      return text + fromCharCode(a, b)
    default:
      return text + fromCharCode(a, b, c)
  }
}
