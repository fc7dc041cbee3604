import type { AnyTold } from '../../../../examples/kv/key-operations.ts'
import type { Timed } from '../model.ts'

interface Common extends Timed {
  readonly client: string | number
  readonly key: string
  readonly start: bigint
  /** Null: the outcome is unknown and `result` says nothing. */
  readonly end: bigint | null
}

/** Text, or null for a key that is absent. */
export type Value = string | null

/**
 * A value that begins with `args` ends by itself. Nobody calls it: when it happens, and whether at all, is not known (`end`
 * null). It stands beside the put of `args` with a time to live, and starts with it: what is appended to the value ends with
 * it, and a later value, that begins with another text, does not.
 */
export type Expire = Common & { readonly op: 'expire'; readonly args: string }

type Each<O> = O extends unknown ? Common & O : never
/**
 * One operation on one key of the key-value store, as a client saw it. `args` are its arguments beside the key, null for
 * absent; `result` is its answer: of an incr null, if it was refused. They follow from the store's table of operations.
 */
export type KvOperation = Each<AnyTold> | Expire

export type Named<K extends KvOperation['op']> = Extract<KvOperation, { readonly op: K }>
export type Put = Named<'put'>
export type Append = Named<'append'>
export type Get = Named<'get'>
export type Cas = Named<'cas'>
export type Del = Named<'del'>
export type Incr = Named<'incr'>

/** The operations that the insight knows by themselves. */
export type Known = Put | Append | Get | Cas | Del | Incr | Expire
