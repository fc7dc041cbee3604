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
export type KvResult<V extends KvValue = KvValue> =
  | { readonly ok: true; readonly value: V }
  | { readonly ok: false; readonly error: KvError }

export const answer = <V extends KvValue>(value: V): KvResult<V> => ({ ok: true, value })
/** A refusal changes nothing. */
export const refused = (code: KvErrorCode, message: string): KvResult<never> => ({
  ok: false,
  error: { code, message },
})
export const ok: KvResult<null> = answer(null)
export const yes: KvResult<boolean> = answer(true)
export const no: KvResult<boolean> = answer(false)

/** A result in words: what was asked for, or why not. */
export type Answer =
  | { readonly ok: true; readonly lines: readonly string[] }
  | { readonly ok: false; readonly reason: string }

const say = (...lines: readonly string[]): Answer => ({ ok: true, lines })
const deny = (reason: string): Answer => ({ ok: false, reason })

/** A kind of result: which values are of it, and the words for each. */
export interface ResultKind<V extends KvValue = KvValue> {
  /** Completes "... was expected". */
  readonly expected: string
  is(value: unknown): value is V
  inWords(value: V): Answer
}

const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'

/** It is done, and there is nothing to say about it. */
export const done: ResultKind<null> = {
  expected: 'null',
  is: value => value === null,
  inWords: () => say('OK'),
}

/** The value of a key; null when the key is absent. */
export const valueOrAbsent: ResultKind<string | null> = {
  expected: 'the value, a text, or null',
  is: value => value === null || typeof value === 'string',
  inWords: value => (value === null ? deny('absent') : say(value)),
}

/** Whether the key was there. */
export const wasThere: ResultKind<boolean> = {
  expected: 'true or false',
  is: isBoolean,
  inWords: value => (value ? say('OK') : deny('absent')),
}

/** Whether the value was the expected one. */
export const wasExpected: ResultKind<boolean> = {
  expected: 'true or false',
  is: isBoolean,
  inWords: value => (value ? say('OK') : deny('the value is another one')),
}

export const wholeNumber: ResultKind<number> = {
  expected: 'a whole number',
  is: (value): value is number => Number.isSafeInteger(value),
  inWords: value => say(String(value)),
}

export const list: ResultKind<readonly string[]> = {
  expected: 'a list of texts',
  is: value => Array.isArray(value) && value.every(each => typeof each === 'string'),
  inWords: value => say(...value),
}
