import { checkText, type KvLimits, malformed, type Text } from './validation.ts'

/** The kinds of arguments, and the type of each. */
interface Kinds {
  /** A key. */
  readonly key: string
  /** What keys begin with. */
  readonly prefix: string
  /** A value, or a part of one. */
  readonly text: string
  readonly integer: number
  /** A time to live, or a time of day in ms since 1970. */
  readonly milliseconds: number
  /** How many. */
  readonly count: number
  /** A limit of bytes, at most that of a value where the command is taken in. */
  readonly bytesMax: number
}
export type ArgumentKind = keyof Kinds
export type ArgumentValue = Kinds[ArgumentKind] | null

/** One argument of an operation. Its place in the list is its place in the command. */
export interface Argument {
  readonly name: string
  readonly kind: ArgumentKind
  /** In the words of the command line's help. */
  readonly help?: string
  /** Stands for it when a caller leaves it out: the last argument alone. It is sent all the same. */
  readonly byDefault?: string | number
  /** It may be null. On the command line this flag stands in its place then. */
  readonly orNull?: { readonly flag: `--${string}`; readonly help: string }
  /** On the command line it is this option: the last argument of an `optionOf` another operation. */
  readonly flag?: `--${string} <${string}>`
}

/** The type of an argument's value. */
export type ValueOf<A extends Argument> = Kinds[A['kind']] | (A extends { readonly orNull: object } ? null : never)
export type ValuesOf<Args extends readonly Argument[]> = { readonly [I in keyof Args]: ValueOf<Args[I]> }

/** The types of the same values where a command is executed: a value may be its bytes still, a key is a string. */
export type AppliedOf<Args extends readonly Argument[]> = {
  readonly [I in keyof Args]: ValueOf<Args[I]> | (Args[I]['kind'] extends 'text' ? Text : never)
}
export type AppliedValue = ArgumentValue | Text

/** A value as its operation gets it. */
export const applied = ({ kind }: Argument, value: AppliedValue): AppliedValue =>
  kind === 'text' || typeof value !== 'object' || value === null ? value : value.toString()

/** So that a time to live and the time of day have an exact sum. */
const isTime = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) > 0 && Number(value) <= 2 ** 52

type Check = (value: unknown, name: string, limits: KvLimits) => void
/** Completes "... was expected". */
export const expectedOf: Readonly<Record<ArgumentKind, string>> = {
  key: 'a text',
  prefix: 'a text',
  text: 'a text',
  integer: 'a whole number',
  milliseconds: 'a positive whole number of milliseconds',
  count: 'a positive whole number',
  bytesMax: 'a positive whole number of bytes, at most the limit of a value',
}
const checks: Readonly<Record<ArgumentKind, Check>> = {
  key: (value, name, { keyBytesMax }) => checkText(value, name, keyBytesMax),
  prefix: (value, name, { keyBytesMax }) => checkText(value, name, keyBytesMax),
  text: (value, name, { valueBytesMax }) => checkText(value, name, valueBytesMax),
  integer(value, name) {
    if (!Number.isSafeInteger(value)) malformed(`${expectedOf.integer} as ${name}`, value)
  },
  milliseconds(value, name) {
    if (!isTime(value)) malformed(`${expectedOf.milliseconds} as ${name}`, value)
  },
  count(value, name) {
    if (!Number.isSafeInteger(value) || Number(value) < 1) malformed(`${expectedOf.count} as ${name}`, value)
  },
  bytesMax(value, name, { valueBytesMax }) {
    if (!Number.isSafeInteger(value) || Number(value) < 1 || Number(value) > valueBytesMax)
      malformed(`${expectedOf.bytesMax} (${valueBytesMax}) as ${name}`, value)
  },
}

/** @throws KvCommandError that names the argument, what was expected and what was found */
export function checkArgument({ name, kind, orNull }: Argument, value: unknown, limits: KvLimits): void {
  if (value !== null || orNull === undefined) checks[kind](value, name, limits)
}
