/**
 * What the key-value store can be asked, and what it answers: plain data, so that it travels as it is. A command is a
 * positional list that begins with its number; numbers are never changed and never reused.
 */
export const opNumbers = {
  put: 1,
  get: 2,
  del: 3,
  cas: 4,
  append: 5,
  incr: 6,
  keys: 7,
  putFor: 8,
  putUntil: 9,
  expire: 10,
} as const
export type KvOp = keyof typeof opNumbers

export type KvCommand =
  | readonly [op: 1, key: string, value: string]
  | readonly [op: 2, key: string]
  | readonly [op: 3, key: string]
  | readonly [op: 4, key: string, expected: string | null, next: string | null]
  | readonly [op: 5, key: string, text: string]
  | readonly [op: 6, key: string, by: number]
  | readonly [op: 7, prefix: string]
  | readonly [op: 8, key: string, value: string, ttlMs: number]
  | readonly [op: 9, key: string, value: string, deadlineMs: number]
  | readonly [op: 10, key: string, deadlineMs: number]

/** Sets a key. Answers null. */
export const put = (key: string, value: string): KvCommand => [1, key, value]
/** Reads a key. Answers its value, or null when it is absent. */
export const get = (key: string): KvCommand => [2, key]
/** Removes a key. Answers whether it was there. */
export const del = (key: string): KvCommand => [3, key]
/** Sets a key (`next` null: removes it) if its value is `expected` (null: if it is absent). Answers whether it was. */
export const cas = (key: string, expected: string | null, next: string | null): KvCommand => [4, key, expected, next]
/** Adds text at the end of a value; an absent key counts as the empty text. Answers null. */
export const append = (key: string, text: string): KvCommand => [5, key, text]
/** Adds a whole number to a value that is one; an absent key counts as 0. Answers the sum. */
export const incr = (key: string, by = 1): KvCommand => [6, key, by]
/** Answers the keys that begin with `prefix`, in order. */
export const keys = (prefix = ''): KvCommand => [7, prefix]

/**
 * Sets a key that ends by itself after `ttlMs`. The replica that takes it in makes a deadline of that, by its own clock:
 * replicas are few, and kept in step by whoever runs them; the clocks of clients are anybody's.
 */
export const putFor = (key: string, value: string, ttlMs: number): KvCommand => [8, key, value, ttlMs]
/** Sets a key that ends by itself at a time of day (ms since 1970), as the replicas' clocks have it. Answers null. */
export const putUntil = (key: string, value: string, deadlineMs: number): KvCommand => [9, key, value, deadlineMs]
/** Removes a key if this is its deadline still: proposed by replicas whose clock has passed it. Answers whether it was. */
export const expire = (key: string, deadlineMs: number): KvCommand => [10, key, deadlineMs]

export type KvErrorCode =
  /** incr of a value that is no whole number. */
  | 'notANumber'
  /** incr beyond what a number can hold exactly. */
  | 'overflow'
  /** A value that would become, or an answer that would be, larger than the limit. */
  | 'tooLarge'

export interface KvError {
  readonly code: KvErrorCode
  readonly message: string
}
export type KvValue = string | number | boolean | null | readonly string[]
/** An application error is a result like any other: equal on all replicas. */
export type KvResult = { readonly ok: true; readonly value: KvValue } | { readonly ok: false; readonly error: KvError }
