import type { Bounds, ListShape, Shape, StructShape } from '../../machines/protocol/shape.ts'
import { CodecError } from '../codec.ts'
import { compileBytesList } from './bytes-list.ts'
import { type Compiled, type CompiledFields, describe } from './compiled.ts'
import { fieldsExtent } from './extent.ts'
import { compileLeaf } from './leaves.ts'
import { type CompiledSealed, compileSealed } from './sealed.ts'

/**
 * Compiles a shape once, so that nothing is looked up for each value.
 * @param path names the field in error messages
 */
export function compile(shape: Shape, path: string, bounds: Bounds): Compiled {
  switch (shape.kind) {
    case 'list':
      return shape.item.kind === 'bytes'
        ? compileBytesList(bounds[shape.bound], bounds[shape.item.bound], path)
        : compileList(shape, path, bounds)
    case 'optional': {
      const of = compile(shape.of, path, bounds)
      return {
        pack: value => (value === undefined ? null : of.pack(value)),
        unpack: data => (data === undefined || data === null ? undefined : of.unpack(data)),
      }
    }
    case 'literalOr': {
      const { literal } = shape
      const other = compile(shape.other, path, bounds)
      if (!['list', 'struct', 'text', 'bytes'].includes(shape.other.kind))
        throw new TypeError(`${path}: a ${shape.other.kind} cannot be told from the literal '${literal}'`)
      return {
        pack: value => (value === literal ? 0 : other.pack(value)),
        unpack: data => (data === 0 ? literal : other.unpack(data)),
      }
    }
    case 'struct':
      return shape.sealed ? compileSealedStruct(shape, path, bounds) : compileStruct(shape, path, bounds)
    default:
      return compileLeaf(shape, path, bounds)
  }
}

function compileList(shape: ListShape, path: string, bounds: Bounds): Compiled {
  const lengthMax = bounds[shape.bound]
  const item = compile(shape.item, `${path}[]`, bounds)
  const convert = (what: unknown, each: (item: unknown) => unknown): unknown[] => {
    if (!Array.isArray(what)) throw new CodecError(`${path}: a list is expected, found ${describe(what)}`)
    const length = what.length
    if (length > lengthMax)
      throw new CodecError(`${path}: at most ${lengthMax} items (${shape.bound}) are expected, found ${length}`)
    const result = new Array<unknown>(length)
    for (let i = 0; i < length; i++) result[i] = each(what[i])
    return result
  }
  return { pack: value => convert(value, item.pack), unpack: data => convert(data, item.unpack) }
}

/** A struct is the list of its fields; missing ones at the end read as undefined, additional ones are skipped. */
function compileStruct(shape: StructShape, path: string, bounds: Bounds): Compiled {
  const fields = compileFields(shape, path, bounds)
  return {
    pack: value => fields.pack(value, []),
    unpack: data => fields.unpack(data, {}, 0),
  }
}

/** A sealed struct is the bytes of the list of its fields. */
export function compileSealedStruct(shape: StructShape, path: string, bounds: Bounds): CompiledSealed {
  const extent = fieldsExtent(Object.values(shape.fields), bounds)
  return compileSealed(shape, compileFields(shape, path, bounds), extent, path)
}

/** The fields of a struct, in their order. */
export function compileFields(shape: StructShape, path: string, bounds: Bounds): CompiledFields {
  const names = Object.keys(shape.fields)
  const compiled = names.map(name => compile(shape.fields[name]!, `${path}.${name}`, bounds))
  const count = names.length
  return {
    pack(value, to) {
      if (typeof value !== 'object' || value === null)
        throw new CodecError(`${path}: an object is expected, found ${describe(value)}`)
      const source = value as Record<string, unknown>
      for (let i = 0; i < count; i++) to.push(compiled[i]!.pack(source[names[i]!]))
      return to
    },
    unpack(data, to, offset) {
      if (!Array.isArray(data)) throw new CodecError(`${path}: a list of fields is expected, found ${describe(data)}`)
      const target = to as Record<string, unknown>
      for (let i = 0; i < count; i++) target[names[i]!] = compiled[i]!.unpack(data[offset + i])
      return to
    },
  }
}
