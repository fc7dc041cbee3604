import { CodecError } from '../codec.ts'
import { type Compiled, describe } from './compiled.ts'

/**
 * A list of byte strings travels as [their lengths, all of them joined]: packing 64 payloads of 64 bytes one by one
 * costs four times as much. The unpacked items are views of the joined bytes.
 */
export function compileBytesList(lengthMax: number, bytesMax: number, path: string): Compiled {
  const checkCount = (count: number): void => {
    if (count > lengthMax) throw new CodecError(`${path}: at most ${lengthMax} items are expected, found ${count}`)
  }
  const checkLength = (length: unknown): number => {
    if (typeof length !== 'number' || !Number.isSafeInteger(length) || length < 0 || length > bytesMax)
      throw new CodecError(`${path}[]: 0 to ${bytesMax} bytes are expected, found ${describe(length)}`)
    return length
  }
  return {
    pack(value) {
      if (!Array.isArray(value)) throw new CodecError(`${path}: a list is expected, found ${describe(value)}`)
      checkCount(value.length)
      let total = 0
      const lengths = value.map((item: unknown) => {
        if (!(item instanceof Uint8Array))
          throw new CodecError(`${path}[]: bytes are expected, found ${describe(item)}`)
        total += item.length
        return checkLength(item.length)
      })
      const joined = new Uint8Array(total)
      let at = 0
      for (const item of value as Uint8Array[]) {
        joined.set(item, at)
        at += item.length
      }
      return [lengths, joined]
    },
    unpack(data) {
      const [lengths, joined] = Array.isArray(data) ? (data as unknown[]) : []
      if (!Array.isArray(lengths) || !(joined instanceof Uint8Array))
        throw new CodecError(`${path}: a list of lengths, and bytes, are expected, found ${describe(data)}`)
      checkCount(lengths.length)
      const result = new Array<Uint8Array>(lengths.length)
      let at = 0
      for (let i = 0; i < lengths.length; i++) {
        const from = at
        at += checkLength(lengths[i])
        result[i] = joined.subarray(from, at)
      }
      if (at !== joined.length)
        throw new CodecError(`${path}: the lengths add up to ${at}, but there are ${joined.length} bytes`)
      return result
    },
  }
}
