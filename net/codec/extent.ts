import type { Bounds, Shape } from '../../machines/protocol/shape.ts'

/** The maximum extent of a packed value of a shape. */
export interface Extent {
  readonly items: number
  readonly depth: number
}

/** Room in every struct for the optional fields of newer minor versions. */
const newerFieldsMax = 16
/** Maximum nesting of these fields. */
const newerFieldDepthMax = 4

/** The most items and the deepest nesting of a packed value, which `checkWire` allows for this shape. */
export function extentOf(shape: Shape, bounds: Bounds): Extent {
  switch (shape.kind) {
    case 'optional':
      return extentOf(shape.of, bounds)
    case 'literalOr':
      return extentOf(shape.other, bounds)
    case 'list': {
      // A list of byte strings is packed as [lengths, all of them joined].
      if (shape.item.kind === 'bytes') return { items: 3 + bounds[shape.bound], depth: 2 }
      const item = extentOf(shape.item, bounds)
      return { items: 1 + bounds[shape.bound] * item.items, depth: 1 + item.depth }
    }
    case 'struct':
      return shape.sealed ? { items: 1, depth: 0 } : fieldsExtent(Object.values(shape.fields), bounds)
    default:
      return { items: 1, depth: 0 }
  }
}

/** The extent of a struct's array of fields, sealed or not. */
export function fieldsExtent(fields: readonly Shape[], bounds: Bounds): Extent {
  let items = 1 + newerFieldsMax
  let depth = newerFieldDepthMax
  for (const field of fields) {
    const extent = extentOf(field, bounds)
    items += extent.items
    depth = Math.max(depth, extent.depth)
  }
  return { items, depth: depth + 1 }
}
