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

export type Put = Common & { readonly op: 'put'; readonly args: string }
export type Append = Common & { readonly op: 'append'; readonly args: string }
export type Get = Common & { readonly op: 'get'; readonly result: Value }
/** `args` is what is expected and what replaces it; null stands for absent. `result`: whether it did. */
export type Cas = Common & { readonly op: 'cas'; readonly args: readonly [Value, Value]; readonly result: boolean }
/** `result`: whether the key existed. */
export type Del = Common & { readonly op: 'del'; readonly result: boolean }
/** `args` is what is added. `result`: the sum; null: refused, as the value is no whole number or the sum too large. */
export type Incr = Common & { readonly op: 'incr'; readonly args: number; readonly result: number | null }
/**
 * A value that begins with `args` ends by itself. Nobody calls it: when it happens, and whether at all, is not known (`end`
 * null). It stands beside the put of `args` with a time to live, and starts with it: what is appended to the value ends with
 * it, and a later value, that begins with another text, does not.
 */
export type Expire = Common & { readonly op: 'expire'; readonly args: string }

/** One operation on one key of the key-value store, as a client saw it. */
export type KvOperation = Put | Append | Get | Cas | Del | Incr | Expire
