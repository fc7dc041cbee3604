export type KvErrorCode =
  /** incr of a value that is no whole number. */
  | 'notANumber'
  /** incr beyond what a number can hold exactly. */
  | 'overflow'
  /** A value that would become, or an answer that would be, larger than the limit. */
  | 'tooLarge'

/**
 * An error of a command, as replicas have it: equal everywhere, so it has no words, which differ from version to version
 * of the program. A client adds them.
 */
export interface KvError {
  readonly code: KvErrorCode
  /** The limit that was exceeded, as the command carried it. */
  readonly bytesMax?: number
  /** Only at a client. */
  readonly message?: string
}
/** A part of the keys, and the key that the next part begins with; null: there is none. */
export interface KvPage {
  readonly keys: readonly string[]
  readonly next: string | null
}
export type KvValue = string | number | boolean | null | readonly string[] | KvPage
/** An application error is a result like any other: equal on all replicas. */
export type KvResult<V extends KvValue = KvValue> =
  | { readonly ok: true; readonly value: V }
  | { readonly ok: false; readonly error: KvError }

export const answer = <V extends KvValue>(value: V): KvResult<V> => ({ ok: true, value })
/** A refusal changes nothing. @param bytesMax the limit that was exceeded, if one was */
export const refused = (code: KvErrorCode, bytesMax?: number): KvResult<never> => ({
  ok: false,
  error: bytesMax === undefined ? { code } : { code, bytesMax },
})

const words: Readonly<Record<KvErrorCode, (bytesMax: number | undefined) => string>> = {
  notANumber: () => 'incr needs a whole number, the value of this key is not one',
  overflow: () => 'the sum is beyond 2^53 - 1',
  tooLarge: bytesMax => `the value, or the answer, would have more than ${bytesMax} bytes`,
}

/** A result with words for its error: what a client gives its user. */
export const withWords = (result: KvResult): KvResult =>
  result.ok ? result : { ok: false, error: { ...result.error, message: wordsOf(result.error) } }

/** A code of a newer store stands for itself. */
const wordsOf = ({ code, bytesMax }: KvError): string => (Object.hasOwn(words, code) ? words[code](bytesMax) : code)

// Frozen, so that a replica encodes each once.
export const ok: KvResult<null> = Object.freeze(answer(null))
export const yes: KvResult<boolean> = Object.freeze(answer(true))
export const no: KvResult<boolean> = Object.freeze(answer(false))

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
  is: (value): value is readonly string[] => isTexts(value),
  inWords: value => say(...value),
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every(each => typeof each === 'string')

export const page: ResultKind<KvPage> = {
  expected: 'a list of texts, and a text or null',
  is(value): value is KvPage {
    const { keys, next } = (value ?? {}) as Partial<KvPage>
    return isTexts(keys) && (next === null || typeof next === 'string')
  },
  inWords: ({ keys }) => say(...keys),
}
