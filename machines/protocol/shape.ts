/**
 * Shapes: everything that travels or is stored is described once, as data; the TypeScript type is derived from the
 * description (`TypeOf`), and so are the codec and its bounds checks (net/codec). A field added at the end of a struct
 * as `optional` is skipped by an older peer and is `undefined` when an older peer sends.
 */

/** The named limits that decoding enforces; the values stand in one table (actors/shared/limits.ts). */
export interface Bounds {
  /** Members of an epoch, and so the length of a vector. */
  readonly membersMax: number
  /** Bytes of a key in UTF-8. */
  readonly keyBytesMax: number
  /** Bytes of one command's payload. */
  readonly payloadBytesMax: number
  /** Client commands in one instance. */
  readonly batchCommandsMax: number
  /** Keys in one footprint (a batch's footprint is the union of its commands'). */
  readonly footprintKeysMax: number
  /** Ids in one list of a message: invalidating instances, fetch ranges. */
  readonly idsMax: number
  /** Bytes of a name, an identity or an error text. */
  readonly textBytesMax: number
  /** Messages in one frame; requests or answers in one client frame. */
  readonly frameMessagesMax: number
  /** Bytes of a whole frame. */
  readonly frameBytesMax: number
}
export type BoundName = keyof Bounds

interface Typed<T> {
  /** Never set: carries the derived type. */
  readonly phantom?: T
}
export interface UintShape extends Typed<number> {
  readonly kind: 'uint'
}
export interface FlagShape extends Typed<boolean> {
  readonly kind: 'flag'
}
export interface TextShape extends Typed<string> {
  readonly kind: 'text'
  readonly bound: BoundName
}
export interface BytesShape extends Typed<Uint8Array> {
  readonly kind: 'bytes'
  readonly bound: BoundName
}
export interface OneOfShape<T extends string = string> extends Typed<T> {
  readonly kind: 'oneOf'
  readonly values: readonly T[]
  /** The value as which one of a newer minor version is read; without it such a value is malformed. */
  readonly otherwise: T | undefined
}
export interface ListShape<T = unknown> extends Typed<readonly T[]> {
  readonly kind: 'list'
  readonly item: Shape
  readonly bound: BoundName
}
export interface LiteralOrShape<L extends string = string, T = unknown> extends Typed<L | T> {
  readonly kind: 'literalOr'
  readonly literal: L
  readonly other: Shape
}
export interface OptionalShape<T = unknown> extends Typed<T | undefined> {
  readonly kind: 'optional'
  readonly of: Shape
}
export interface StructShape<T = unknown> extends Typed<T> {
  readonly kind: 'struct'
  readonly fields: Readonly<Record<string, Shape>>
  /** Sealed structs are encoded as bytes of their own, once, and relayed or stored as they came. */
  readonly sealed: boolean
}
export type Shape =
  | UintShape
  | FlagShape
  | TextShape
  | BytesShape
  | OneOfShape
  | ListShape
  | LiteralOrShape
  | OptionalShape
  | StructShape

/** The TypeScript type that a shape describes. */
export type TypeOf<S> = S extends Typed<infer T> ? T : never
type FieldsOf<F> = { readonly [K in keyof F]: TypeOf<F[K]> }

/** A whole number from 0 to 2^53 - 1. */
export const uint: UintShape = { kind: 'uint' }
export const flag: FlagShape = { kind: 'flag' }
export const text = (bound: BoundName): TextShape => ({ kind: 'text', bound })
export const bytes = (bound: BoundName): BytesShape => ({ kind: 'bytes', bound })
export const oneOf = <const T extends string>(...values: readonly T[]): OneOfShape<T> => ({
  kind: 'oneOf',
  values,
  otherwise: undefined,
})
/** A choice to which newer minor versions may add at the end: an older one reads the additions as `otherwise`. */
export const growingOneOf = <const T extends string>(otherwise: T, ...values: readonly T[]): OneOfShape<T> => ({
  kind: 'oneOf',
  values,
  otherwise,
})
export const list = <S extends Shape>(item: S, bound: BoundName): ListShape<TypeOf<S>> => ({
  kind: 'list',
  item,
  bound,
})
export const literalOr = <const L extends string, S extends Shape>(
  literal: L,
  other: S,
): LiteralOrShape<L, TypeOf<S>> => ({ kind: 'literalOr', literal, other })
export const optional = <S extends Shape>(of: S): OptionalShape<TypeOf<S>> => ({ kind: 'optional', of })
export const struct = <F extends Record<string, Shape>>(fields: F): StructShape<FieldsOf<F>> => ({
  kind: 'struct',
  fields,
  sealed: false,
})
export const sealed = <F extends Record<string, Shape>>(fields: F): StructShape<FieldsOf<F>> => ({
  kind: 'struct',
  fields,
  sealed: true,
})
