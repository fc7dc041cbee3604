import { Utf8Text } from '../utf8-text.ts'

/** The smallest piece of memory into which values are encoded, one behind the other. */
const pieceBytes = 16 * 1024
/** A piece with less room than this left is not begun. */
const roomMin = 512
/** A larger piece with less in it is copied when its value ends. */
const filledMin = 0.9
/** Longer texts are encoded by the platform. */
const shortTextMax = 64

const encoder = new TextEncoder()

/** No half of a character in it. Every Node that runs this has the method; the library of ES2023 does not name it. */
const isWellFormed = (text: string): boolean => (text as string & { isWellFormed(): boolean }).isWellFormed()

/** Anything that is no plain data was found; what and where is looked for afterwards. */
export const notPlain = Symbol('not plain data')

/**
 * The encoder of plain data, to MessagePack: exactly, or not at all. The package's own, since a library encodes all that
 * it is given in some way: typed arrays of floats with memory that is not theirs, class instances as objects, -0 as 0.
 */
export class PlainDataEncoder {
  isBusy = false
  #bytes = new Uint8Array(pieceBytes)
  #view = new DataView(this.#bytes.buffer)
  #at = 0
  /** Where the value begins that is being encoded. */
  #from = 0

  /**
   * Encodes a value: the bytes of a small one are a part of a larger piece of memory, a large one has its own.
   * @throws notPlain, or what a getter throws
   */
  encode(data: unknown, depthMax: number): Uint8Array {
    this.#beginValue()
    this.#value(data, depthMax)
    return this.#endValue()
  }

  /** Encodes values end to end, and appends the length of each. */
  encodeEach(data: readonly unknown[], depthMax: number, lengths: number[]): Uint8Array {
    this.#beginValue()
    for (const each of data) {
      const before = this.#at - this.#from
      this.#value(each, depthMax)
      lengths.push(this.#at - this.#from - before)
    }
    return this.#endValue()
  }

  /** Drops a value that could not be encoded. */
  drop(): void {
    this.#at = this.#from
  }

  #beginValue(): void {
    // Of a large value that could not be encoded the piece is left.
    const { length } = this.#bytes
    if (length > pieceBytes || length - this.#at < roomMin) this.#begin(pieceBytes)
    this.#from = this.#at
  }

  /** The bytes of the value. Who keeps those of a large one keeps nothing else, and neither does the encoder. */
  #endValue(): Uint8Array {
    const bytes = this.#bytes.subarray(this.#from, this.#at)
    if (this.#bytes.length === pieceBytes) return bytes
    const own = bytes.length >= this.#bytes.length * filledMin ? bytes : bytes.slice()
    this.#begin(pieceBytes)
    return own
  }

  #begin(length: number): void {
    this.#bytes = new Uint8Array(length)
    this.#view = new DataView(this.#bytes.buffer)
    this.#at = 0
  }

  /** Makes room: what there is of this value moves into a larger piece. */
  #ensure(count: number): void {
    if (this.#at + count <= this.#bytes.length) return
    const begun = this.#bytes.subarray(this.#from, this.#at)
    this.#begin(Math.max(pieceBytes, 2 * begun.length + count + roomMin))
    this.#bytes.set(begun)
    this.#from = 0
    this.#at = begun.length
  }

  /** @param depthLeft containers that may still be opened */
  #value(value: unknown, depthLeft: number): void {
    switch (typeof value) {
      case 'string':
        this.#text(value)
        return
      case 'number':
        this.#number(value)
        return
      case 'boolean':
        this.#token(value ? 0xc3 : 0xc2)
        return
      case 'object':
        if (value === null) this.#token(0xc0)
        else this.#object(value, depthLeft)
        return
      default:
        throw notPlain
    }
  }

  #object(value: object, depthLeft: number): void {
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype === Object.prototype || prototype === null) this.#map(value as Record<string, unknown>, depthLeft)
    else if (Array.isArray(value)) this.#list(value, prototype, depthLeft)
    else if (value instanceof Uint8Array) this.#byteString(value)
    else if (value instanceof Utf8Text) this.#utf8Text(value)
    else if (isObjectPrototype(prototype)) this.#map(value as Record<string, unknown>, depthLeft)
    else throw notPlain
  }

  #list(list: readonly unknown[], prototype: unknown, depthLeft: number): void {
    // The prototype of arrays is one itself, in every realm; that of a class of arrays is not.
    if (depthLeft === 0 || (prototype !== Array.prototype && !Array.isArray(prototype))) throw notPlain
    const { length } = list
    if (length < 16) this.#token(0x90 | length)
    else this.#head(0xdc, 0xdd, length)
    for (let at = 0; at < length; at++) this.#value(list[at], depthLeft - 1)
  }

  #map(map: Record<string, unknown>, depthLeft: number): void {
    if (depthLeft === 0 || Object.getOwnPropertySymbols(map).length > 0) throw notPlain
    const keys = Object.keys(map)
    const { length } = keys
    if (length < 16) this.#token(0x80 | length)
    else this.#head(0xde, 0xdf, length)
    for (let at = 0; at < length; at++) {
      const key = keys[at]!
      // It would be read as another key, or change a prototype.
      if (key === '__proto__') throw notPlain
      this.#text(key)
      this.#value(map[key], depthLeft - 1)
    }
  }

  #number(value: number): void {
    this.#ensure(9)
    const bytes = this.#bytes
    if (value >>> 0 === value && (value !== 0 || Object.is(value, 0))) {
      if (value < 0x80) bytes[this.#at++] = value
      else if (value < 0x100) {
        bytes[this.#at++] = 0xcc
        bytes[this.#at++] = value
      } else if (value < 0x10000) {
        bytes[this.#at++] = 0xcd
        this.#uint16(value)
      } else {
        bytes[this.#at++] = 0xce
        this.#uint32(value)
      }
    } else if (value >> 0 === value && value !== 0) {
      if (value >= -0x20) bytes[this.#at++] = value + 0x100
      else if (value >= -0x80) {
        bytes[this.#at++] = 0xd0
        bytes[this.#at++] = value + 0x100
      } else if (value >= -0x8000) {
        bytes[this.#at++] = 0xd1
        this.#uint16(value + 0x10000)
      } else {
        bytes[this.#at++] = 0xd2
        this.#uint32(value >>> 0)
      }
    } else {
      bytes[this.#at++] = 0xcb
      // One NaN, whatever its bits: equal data has equal bytes.
      this.#view.setFloat64(this.#at, Number.isNaN(value) ? Number.NaN : value)
      this.#at += 8
    }
  }

  #text(text: string): void {
    const { length } = text
    if (length > shortTextMax) {
      this.#longText(text)
      return
    }
    this.#ensure(3 * length + 2)
    const bytes = this.#bytes
    const from = this.#at + (length < 32 ? 1 : 2)
    let to = from
    for (let at = 0; at < length; at++) {
      const unit = text.charCodeAt(at)
      if (unit < 0x80) bytes[to++] = unit
      else if (unit < 0x800) {
        bytes[to++] = 0xc0 | (unit >> 6)
        bytes[to++] = 0x80 | (unit & 0x3f)
      } else if (unit < 0xd800 || unit > 0xdfff) {
        bytes[to++] = 0xe0 | (unit >> 12)
        bytes[to++] = 0x80 | ((unit >> 6) & 0x3f)
        bytes[to++] = 0x80 | (unit & 0x3f)
      } else {
        const low = text.charCodeAt(++at)
        if (unit > 0xdbff || !(low >= 0xdc00 && low <= 0xdfff)) throw notPlain
        const point = 0x10000 + ((unit & 0x3ff) << 10) + (low & 0x3ff)
        bytes[to++] = 0xf0 | (point >> 18)
        bytes[to++] = 0x80 | ((point >> 12) & 0x3f)
        bytes[to++] = 0x80 | ((point >> 6) & 0x3f)
        bytes[to++] = 0x80 | (point & 0x3f)
      }
    }
    this.#endText(from, to)
  }

  /** Writes the head of a short text, whose bytes are there already, behind room for the head of its characters. */
  #endText(from: number, to: number): void {
    const bytes = this.#bytes
    const length = to - from
    if (length < 32) {
      bytes[this.#at] = 0xa0 | length
      this.#at = to
      return
    }
    const start = this.#at + 2
    if (start !== from) bytes.copyWithin(start, from, to)
    bytes[this.#at] = 0xd9
    bytes[this.#at + 1] = length
    this.#at = start + length
  }

  #longText(text: string): void {
    if (!isWellFormed(text)) throw notPlain
    const encoded = encoder.encode(text)
    this.#textHead(encoded.length)
    this.#append(encoded)
  }

  /** The same bytes as those of its string. */
  #utf8Text(text: Utf8Text): void {
    this.#textHead(text.byteLength)
    this.#ensure(text.byteLength)
    this.#at = text.copyTo(this.#bytes, this.#at)
  }

  #textHead(length: number): void {
    if (length < 32) this.#token(0xa0 | length)
    else if (length < 0x100) this.#shortHead(0xd9, length)
    else this.#head(0xda, 0xdb, length)
  }

  #byteString(value: Uint8Array): void {
    const { length } = value
    if (length < 0x100) this.#shortHead(0xc4, length)
    else this.#head(0xc5, 0xc6, length)
    this.#append(value)
  }

  #append(content: Uint8Array): void {
    this.#ensure(content.length)
    this.#bytes.set(content, this.#at)
    this.#at += content.length
  }

  /** A length in one byte. */
  #shortHead(one: number, length: number): void {
    this.#ensure(2)
    this.#bytes[this.#at++] = one
    this.#bytes[this.#at++] = length
  }

  #token(token: number): void {
    this.#ensure(1)
    this.#bytes[this.#at++] = token
  }

  /** A length in two bytes, or in four. */
  #head(two: number, four: number, length: number): void {
    this.#ensure(5)
    if (length < 0x10000) {
      this.#bytes[this.#at++] = two
      this.#uint16(length)
    } else {
      this.#bytes[this.#at++] = four
      this.#uint32(length)
    }
  }

  #uint16(value: number): void {
    this.#bytes[this.#at++] = value >> 8
    this.#bytes[this.#at++] = value & 0xff
  }

  #uint32(value: number): void {
    this.#view.setUint32(this.#at, value)
    this.#at += 4
  }
}

/** Whether it is what all objects of some realm inherit from. */
const isObjectPrototype = (prototype: unknown): boolean =>
  Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'isPrototypeOf')
