import { CodecError } from '../codec.ts'
import { describe } from './compiled.ts'
import { plainBytes } from './pack.ts'
import { encodePlain, encodePlainEach } from './plain-data.ts'
import { PlainDataDecoder, type Texts } from './plain-data-decoder.ts'
import { checkWire, type WireLimits } from './wire.ts'

const decoders: Readonly<Record<Texts, PlainDataDecoder>> = {
  strings: new PlainDataDecoder('strings'),
  bytes: new PlainDataDecoder('bytes'),
}

/** Checks, then reads, one value. @throws CodecError */
function decode(bytes: Uint8Array, what: string, limits: WireLimits, texts: Texts): unknown {
  const plain = plainBytes(bytes)
  checkWire(plain, what, limits)
  return decoders[texts].decode(plain, 0)
}

const limits: WireLimits = { itemsMax: Number.MAX_SAFE_INTEGER, depthMax: 64, plainData: true }
/** Limits of plain data in a list in a list. */
const listLimits: WireLimits = { ...limits, depthMax: limits.depthMax + 2 }

/** Limits of plain data inside a replica's own structures: its table of sessions holds results. */
const deepLimits: WireLimits = { ...limits, depthMax: limits.depthMax + 8 }

/** The first byte of a MessagePack list of up to 15 items is this and their number. */
const shortList = 0x90
const shortListItemsMax = 15
/** Begins a list of any length, which follows in four bytes. */
const longList = 0xdd

/**
 * Plain data (null, boolean, number, string, Uint8Array, arrays and plain objects of these, at most 64 deep) to bytes:
 * what is read from them is the same, -0 and NaN included.
 * @throws CodecError for anything else, undefined included
 */
export const encodeData = (data: unknown): Uint8Array => new Uint8Array(encodeBriefly(data))

/** The same for bytes that are dropped soon: they are not copied. */
export const encodeBriefly = (data: unknown): Uint8Array => encodePlain(data, limits.depthMax)

/**
 * The same with up to 8 containers more around plain data, since data of a client is stored inside other structures.
 * @throws CodecError
 */
export const encodeDeep = (data: unknown): Uint8Array => new Uint8Array(encodePlain(data, deepLimits.depthMax))

/** Pieces of plain data, end to end, and the length of each. */
export interface Pieces {
  readonly lengths: readonly number[]
  readonly bytes: Uint8Array
}

/**
 * Pieces of plain data, packed in one go.
 * @throws CodecError for anything else, as `encodeData`
 */
export const encodePieces = (data: readonly unknown[]): Pieces => encodePlainEach(data, limits.depthMax)

/**
 * Bytes to plain data. Byte strings in it are copies: a state machine keeps them, and a view would keep their batch.
 * @param texts `bytes`: long texts are views of `bytes`
 * @throws CodecError
 */
export const decodeData = (bytes: Uint8Array, texts: Texts = 'strings'): unknown => decode(bytes, 'data', limits, texts)

/**
 * The plain data in bytes of `encodeDeep` or `encodeData`.
 * @throws CodecError
 */
export const decodeDeep = (bytes: Uint8Array): unknown => decode(bytes, 'data', deepLimits, 'strings')

/**
 * A list of plain data, whose last item is the plain data of `last`: packed data is not packed again to travel inside
 * other data.
 * @throws CodecError
 */
export function encodeList(items: readonly unknown[], last: Uint8Array): Uint8Array {
  if (items.length >= shortListItemsMax)
    throw new CodecError(`list: at most ${shortListItemsMax} items are expected, found ${items.length + 1}`)
  const head = encodePlain(items, limits.depthMax)
  const bytes = new Uint8Array(head.length + last.length)
  bytes.set(head)
  bytes.set(last, head.length)
  bytes[0] = shortList + items.length + 1
  return bytes
}

/**
 * A list of plain data, whose last item is a list of packed data: `count` pieces of plain data that lie end to end in
 * `parts`.
 * @throws CodecError
 */
export function encodeListOf(items: readonly unknown[], count: number, parts: readonly Uint8Array[]): Uint8Array {
  const head = encodeList(items, encodeListHeader(count))
  let size = head.length
  for (const part of parts) size += part.length
  const bytes = new Uint8Array(size)
  bytes.set(head)
  let at = head.length
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** The bytes with which a MessagePack list begins. */
function encodeListHeader(count: number): Uint8Array {
  if (count <= shortListItemsMax) return Uint8Array.of(shortList + count)
  return Uint8Array.of(longList, count >>> 24, count >>> 16, count >>> 8, count)
}

/**
 * Plain data that lies end to end, in pieces of these lengths. Byte strings in it are copies.
 * @throws CodecError also when the pieces do not end where the lengths say
 */
export function decodePieces(
  bytes: Uint8Array,
  lengths: readonly number[],
  texts: Texts = 'strings',
): readonly unknown[] {
  const plain = plainBytes(bytes)
  let at = 0
  for (const length of lengths) {
    if (length > plain.length - at)
      throw new CodecError(`pieces: ${length} bytes are declared at byte ${at} of ${plain.length}`)
    checkWire(plain, 'piece', limits, at, at + length)
    at += length
  }
  if (at !== plain.length) throw new CodecError(`pieces: end at byte ${at}, but there are ${plain.length}`)
  return decoders[texts].decodeEach(plain, lengths.length)
}

/**
 * A list whose items may each be as deep as plain data may be. Byte strings in it are copies.
 * @throws CodecError
 */
export function decodeList(bytes: Uint8Array, texts: Texts = 'strings'): readonly unknown[] {
  const list = decode(bytes, 'list', listLimits, texts)
  if (!Array.isArray(list)) throw new CodecError(`list: a list is expected, found ${describe(list)}`)
  return list
}
