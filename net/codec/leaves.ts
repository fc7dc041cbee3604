import type { Bounds, Shape } from '../../machines/protocol/shape.ts'
import { CodecError } from '../codec.ts'
import { type Compiled, describe } from './compiled.ts'

type Leaf = Exclude<Shape, { kind: 'list' | 'optional' | 'literalOr' | 'struct' }>

const same = (convert: (what: unknown) => unknown): Compiled => ({ pack: convert, unpack: convert })

/** Numbers, flags, texts, bytes and choices. */
export function compileLeaf(shape: Leaf, path: string, bounds: Bounds): Compiled {
  switch (shape.kind) {
    case 'uint':
      return same(what => {
        if (typeof what !== 'number' || !Number.isSafeInteger(what) || what < 0)
          throw new CodecError(`${path}: a whole number from 0 to 2^53 - 1 is expected, found ${describe(what)}`)
        // The zero with a sign is no number of ours.
        return what + 0
      })
    case 'flag':
      return same(what => {
        if (typeof what !== 'boolean')
          throw new CodecError(`${path}: true or false is expected, found ${describe(what)}`)
        return what
      })
    case 'bytes': {
      const bytesMax = bounds[shape.bound]
      return same(what => {
        if (!(what instanceof Uint8Array)) throw new CodecError(`${path}: bytes are expected, found ${describe(what)}`)
        if (what.length > bytesMax)
          throw new CodecError(`${path}: at most ${bytesMax} bytes (${shape.bound}) are expected, found ${what.length}`)
        return what
      })
    }
    case 'text':
      return compileText(bounds[shape.bound], shape.bound, path)
    case 'oneOf':
      return compileChoice(shape.values, shape.otherwise, path)
  }
}

/** No half of a character in it. Every Node that runs this has the method; the library of ES2023 does not name it. */
const isWellFormed = (text: string): boolean => (text as string & { isWellFormed(): boolean }).isWellFormed()

function compileText(bytesMax: number, boundName: string, path: string): Compiled {
  const check = (what: unknown): string => {
    if (typeof what !== 'string') throw new CodecError(`${path}: a text is expected, found ${describe(what)}`)
    // A character takes at most three bytes for each of its units, so most texts need no counting.
    if (what.length * 3 > bytesMax) {
      const length = utf8Length(what)
      if (length > bytesMax)
        throw new CodecError(`${path}: at most ${bytesMax} bytes (${boundName}) are expected, found ${length}`)
    }
    return what
  }
  return {
    pack(value) {
      // Half a character would arrive as another text: two keys here could be one key there.
      if (!isWellFormed(check(value)))
        throw new CodecError(`${path}: a text of whole characters is expected, found half of one`)
      return value
    },
    unpack: check,
  }
}

function utf8Length(text: string): number {
  let length = 0
  for (const character of text) {
    const point = character.codePointAt(0)!
    length += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
  }
  return length
}

/** A choice travels as its place among the values: new ones go to the end. */
function compileChoice(values: readonly string[], otherwise: string | undefined, path: string): Compiled {
  const places = new Map(values.map((value, place) => [value, place]))
  return {
    pack(value) {
      const place = typeof value === 'string' ? places.get(value) : undefined
      if (place === undefined)
        throw new CodecError(`${path}: one of ${values.join(', ')} is expected, found ${describe(value)}`)
      return place
    },
    unpack(data) {
      const value = typeof data === 'number' ? values[data] : undefined
      if (value !== undefined) return value
      if (otherwise === undefined || typeof data !== 'number' || !Number.isSafeInteger(data) || data < values.length)
        throw new CodecError(`${path}: a number below ${values.length} is expected, found ${describe(data)}`)
      return otherwise
    },
  }
}
