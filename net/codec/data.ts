import { CodecError } from '../codec.ts'
import { describe } from './compiled.ts'
import { pack, plainBytes, unpack } from './pack.ts'
import { checkWire, type WireLimits } from './wire.ts'

const limits: WireLimits = { itemsMax: Number.MAX_SAFE_INTEGER, depthMax: 64, plainData: true }
const listLimits: WireLimits = { ...limits, depthMax: limits.depthMax + 1 }

/** The first byte of a MessagePack list of up to 15 items is this and their number. */
const shortList = 0x90
const shortListItemsMax = 15

/**
 * Plain data (null, boolean, number, string, Uint8Array, arrays and objects of these, at most 64 deep) to bytes.
 * @throws CodecError for anything else, undefined included
 */
export function encodeData(data: unknown): Uint8Array {
  const bytes = pack(data, 'data')
  try {
    // What is no plain data was packed as an extension; it is refused here rather than at every replica.
    checkWire(bytes, 'data', limits)
  } catch (cause) {
    throw new CodecError(
      'data: only null, boolean, number, string, Uint8Array, and arrays and objects of these, 64 deep, are plain data; ' +
        'there is something else in it (undefined, a bigint, a Date, a Map of other keys, half a character?)',
      { cause },
    )
  }
  return bytes
}

/**
 * Bytes to plain data. Byte strings in it are copies: a state machine keeps them, and a view would keep their batch.
 * @throws CodecError
 */
export const decodeData = (bytes: Uint8Array): unknown => unpack(plainBytes(bytes), 'data', limits, 'copy')

/**
 * A list of plain data, whose last item is the plain data of `last`: what was packed once is not packed again to travel
 * inside something else.
 * @throws CodecError
 */
export function encodeList(items: readonly unknown[], last: Uint8Array): Uint8Array {
  if (items.length >= shortListItemsMax)
    throw new CodecError(`list: at most ${shortListItemsMax} items are expected, found ${items.length + 1}`)
  const head = encodeData(items)
  const bytes = new Uint8Array(head.length + last.length)
  bytes.set(head)
  bytes.set(last, head.length)
  bytes[0] = shortList + items.length + 1
  return bytes
}

/**
 * A list whose items may each be as deep as plain data may be. Byte strings in it are copies.
 * @throws CodecError
 */
export function decodeList(bytes: Uint8Array): readonly unknown[] {
  const list = unpack(plainBytes(bytes), 'list', listLimits, 'copy')
  if (!Array.isArray(list)) throw new CodecError(`list: a list is expected, found ${describe(list)}`)
  return list
}
