import { CodecError } from '../codec.ts'
import { pack, plainBytes, unpack } from './pack.ts'
import { checkWire, type WireLimits } from './wire.ts'

const limits: WireLimits = { itemsMax: Number.MAX_SAFE_INTEGER, depthMax: 64, plainData: true }

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
