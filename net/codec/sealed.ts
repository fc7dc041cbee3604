import type { StructShape } from '../../machines/protocol/shape.ts'
import { CodecError } from '../codec.ts'
import { type Compiled, type CompiledFields, describe } from './compiled.ts'
import type { Extent } from './extent.ts'
import { kept, pack, unpack } from './pack.ts'

/** A sealed struct: its bytes are made once, travel inside other messages and are stored as they are. */
export interface CompiledSealed extends Compiled {
  /** The value's own bytes: the same object always gives the same array. */
  pack(value: unknown): Uint8Array
  /**
   * The value of bytes inside a frame. They are copied, once, unless they are most of it: a view would keep the whole
   * frame alive.
   */
  unpack(data: unknown): object
  /** The value of bytes that are the value's own from here on. Its texts and byte strings may be views of them. */
  adopt(bytes: Uint8Array): object
  /** The same value as its bytes alone: each access to a field reads it from them again. */
  fold(value: object): object
}

/** The bytes of every sealed value that was packed or unpacked and is still alive. */
const bytesOf = new WeakMap<StructShape, WeakMap<object, Uint8Array>>()

/** Compiles a sealed struct from its fields. */
export function compileSealed(
  shape: StructShape,
  fields: CompiledFields,
  extent: Extent,
  path: string,
): CompiledSealed {
  const remembered = bytesOf.get(shape) ?? new WeakMap<object, Uint8Array>()
  bytesOf.set(shape, remembered)
  const limits = { itemsMax: extent.items, depthMax: extent.depth, plainData: false }

  const read = (bytes: Uint8Array): Record<string, unknown> => fields.unpack(unpack(bytes, path, limits), {}, 0)
  const adopt = (bytes: Uint8Array): object => {
    const value = read(bytes)
    remembered.set(value, bytes)
    return value
  }
  class Folded {
    readonly #bytes: Uint8Array
    constructor(bytes: Uint8Array) {
      this.#bytes = bytes
    }
    get(name: string): unknown {
      return read(this.#bytes)[name]
    }
  }
  for (const name of Object.keys(shape.fields))
    Object.defineProperty(Folded.prototype, name, {
      get(this: Folded) {
        return this.get(name)
      },
    })

  const packed = (value: unknown): Uint8Array => {
    if (typeof value !== 'object' || value === null)
      throw new CodecError(`${path}: an object is expected, found ${describe(value)}`)
    let bytes = remembered.get(value)
    if (bytes === undefined) {
      bytes = pack(fields.pack(value, []), path)
      remembered.set(value, bytes)
    }
    return bytes
  }
  return {
    pack: packed,
    fold(value) {
      if (value instanceof Folded) return value
      const bytes = packed(value)
      const folded = new Folded(bytes)
      remembered.set(folded, bytes)
      return folded
    },
    unpack(data) {
      if (!(data instanceof Uint8Array)) throw new CodecError(`${path}: bytes are expected, found ${describe(data)}`)
      return adopt(kept(data))
    },
    adopt,
  }
}
