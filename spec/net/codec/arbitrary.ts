import fc from 'fast-check'
import type { Bounds, Shape } from '../../../machines/protocol/shape.ts'

/** Bounds small enough that random values reach them. */
export const smallBounds: Bounds = {
  membersMax: 9,
  keyBytesMax: 40,
  payloadBytesMax: 300,
  batchCommandsMax: 8,
  footprintKeysMax: 8,
  idsMax: 10,
  textBytesMax: 60,
  frameMessagesMax: 16,
  frameBytesMax: 1024 * 1024,
}

const texts = (bytesMax: number): fc.Arbitrary<string> =>
  fc.string({ unit: 'binary', maxLength: bytesMax }).filter(text => Buffer.byteLength(text) <= bytesMax)

/** Any value of a shape within the bounds. */
export function valuesOf(shape: Shape, bounds: Bounds): fc.Arbitrary<unknown> {
  switch (shape.kind) {
    case 'uint':
      return fc.oneof(fc.nat(300), fc.maxSafeNat(), fc.constantFrom(0, 127, 128, 2 ** 32, Number.MAX_SAFE_INTEGER))
    case 'flag':
      return fc.boolean()
    case 'text':
      return texts(bounds[shape.bound])
    case 'bytes':
      return fc.uint8Array({ maxLength: bounds[shape.bound] })
    case 'oneOf':
      return fc.constantFrom(...shape.values)
    case 'list':
      return fc.array(valuesOf(shape.item, bounds), { maxLength: bounds[shape.bound] })
    case 'literalOr':
      return fc.oneof(fc.constant(shape.literal), valuesOf(shape.other, bounds))
    case 'optional':
      return fc.option(valuesOf(shape.of, bounds), { nil: undefined })
    case 'struct':
      return fc.record(
        Object.fromEntries(Object.entries(shape.fields).map(([name, of]) => [name, valuesOf(of, bounds)])),
      )
  }
}

/** Any message of a set of shapes. */
export const messagesOf = (
  shapes: { readonly [type: string]: Shape },
  bounds: Bounds,
): fc.Arbitrary<{ readonly type: string }> =>
  fc
    .constantFrom(...Object.keys(shapes))
    .chain(type => valuesOf(shapes[type]!, bounds).map(fields => ({ type, ...(fields as object) })))
