/** A shape, compiled: between a value and the plain data (numbers, texts, bytes, arrays, null) that stands for it. */
export interface Compiled {
  /** @throws CodecError when the value breaks its shape or a bound: no peer would take it. */
  pack(value: unknown): unknown
  /** @throws CodecError when the data is no value of the shape within the bounds. */
  unpack(data: unknown): unknown
}

/** The fields of a struct, compiled: between an object and a part of an array. */
export interface CompiledFields {
  /** Appends the fields' data to `to`. */
  pack(value: unknown, to: unknown[]): unknown[]
  /** Sets the fields on `to`, from the data at `offset` on. */
  unpack<T extends object>(data: unknown, to: T, offset: number): T
}

/** A description of the data, for error messages: `a list of 3`. */
export function describe(data: unknown): string {
  if (data === undefined) return 'nothing'
  if (data === null) return 'null'
  if (data instanceof Uint8Array) return `${data.length} bytes`
  if (Array.isArray(data)) return `a list of ${data.length}`
  if (typeof data === 'string') return data.length > 40 ? `a text of ${data.length} characters` : JSON.stringify(data)
  return typeof data === 'object' ? 'an object' : String(data)
}
