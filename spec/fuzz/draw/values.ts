import type { Bounds, Shape } from '../../../machines/protocol/shape.ts'
import type { Draw } from '../../sim/world/random.ts'
import { lie } from './numbers.ts'

/** Most items of a list and most bytes of a text: what a bound allows at once is for the attacks on bounds. */
const itemsMax = 6
const bytesMax = 64

export const randomBytes = (draw: Draw, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => draw.whole(0, 255))

export const randomText = (draw: Draw, length: number): string =>
  Array.from({ length }, () =>
    draw.pick(['a', 'Z', '9', ' ', '\u0000', '\n', '\u001b', 'ß', '\u2028', '\ufeff', '𝕏', '"', '%']),
  ).join('')

/** Any value of a shape, within the bounds. */
export function anyOf(shape: Shape, bounds: Bounds, draw: Draw): unknown {
  switch (shape.kind) {
    case 'uint':
      return lie(draw, draw.whole(0, 300))
    case 'flag':
      return draw.chance(0.5)
    case 'text':
      return draw.chance(0.2) ? '' : randomText(draw, draw.whole(1, Math.min(12, bounds[shape.bound])))
    case 'bytes':
      return randomBytes(draw, draw.whole(0, Math.min(bytesMax, bounds[shape.bound])))
    case 'oneOf':
      return draw.pick(shape.values)
    case 'list':
      return Array.from({ length: draw.whole(0, Math.min(itemsMax, bounds[shape.bound])) }, () =>
        anyOf(shape.item, bounds, draw),
      )
    case 'literalOr':
      return draw.chance(0.3) ? shape.literal : anyOf(shape.other, bounds, draw)
    case 'optional':
      return draw.chance(0.4) ? undefined : anyOf(shape.of, bounds, draw)
    case 'struct':
      return Object.fromEntries(
        Object.entries(shape.fields).map(([name, of]) => [name, anyOf(of, bounds, draw)] as const),
      )
  }
}

/** Any message of a set of shapes. */
export function messageOf(
  shapes: { readonly [type: string]: Shape },
  bounds: Bounds,
  draw: Draw,
): { readonly type: string; readonly [field: string]: unknown } {
  const type = draw.pick(Object.keys(shapes))
  return { ...(anyOf(shapes[type]!, bounds, draw) as object), type }
}

/** The same plain data with one number in it replaced by a lie; the data itself where it has none. */
export function withOneLie<T>(draw: Draw, data: T): T {
  const paths = [...numbersIn(data, [])]
  if (paths.length === 0) return data
  const path = draw.pick(paths)
  return replaced(data, path, was => lie(draw, was)) as T
}

type Path = readonly string[]

function* numbersIn(data: unknown, path: Path): Generator<Path> {
  if (typeof data === 'number') yield path
  else if (typeof data === 'object' && data !== null && !(data instanceof Uint8Array))
    for (const [name, value] of Object.entries(data)) yield* numbersIn(value, [...path, name])
}

function replaced(data: unknown, [name, ...rest]: Path, by: (was: number) => number): unknown {
  if (name === undefined) return by(data as number)
  if (Array.isArray(data)) return data.with(Number(name), replaced(data[Number(name)], rest, by))
  const object = data as Readonly<Record<string, unknown>>
  return { ...object, [name]: replaced(object[name], rest, by) }
}
