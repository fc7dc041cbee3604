import { CodecError } from '../codec.ts'
import { notPlain, PlainDataEncoder } from './plain-data-encoder.ts'
import { faultOf } from './plain-data-fault.ts'

const shared = new PlainDataEncoder()

/** Runs a piece of encoding. A getter of the data may call back: it gets an encoder of its own. */
function encoding<T>(data: unknown, depthMax: number, encode: (encoder: PlainDataEncoder) => T): T {
  const plain = shared.isBusy ? new PlainDataEncoder() : shared
  plain.isBusy = true
  try {
    return encode(plain)
  } catch (cause) {
    plain.drop()
    throw new CodecError(`data: ${cause === notPlain ? faultOf(data, depthMax) : 'it throws when it is read'}`, {
      cause,
    })
  } finally {
    plain.isBusy = false
  }
}

/**
 * Plain data (null, boolean, number, string, Uint8Array, arrays and plain objects of these) to MessagePack, in a part of
 * a larger piece of memory.
 * @param depthMax containers inside containers
 * @throws CodecError for anything that would not arrive as it is
 */
export const encodePlain = (data: unknown, depthMax: number): Uint8Array =>
  encoding(data, depthMax, plain => plain.encode(data, depthMax))

/** Several pieces of plain data, end to end. */
export function encodePlainEach(
  data: readonly unknown[],
  depthMax: number,
): { readonly lengths: readonly number[]; readonly bytes: Uint8Array } {
  const lengths: number[] = []
  return encoding(data, depthMax + 1, plain => ({ bytes: plain.encodeEach(data, depthMax, lengths), lengths }))
}
