import type { Utf8Text } from '../../net/utf8-text.ts'
import type { AppliedOf, AppliedValue, Argument, ArgumentValue, ValuesOf } from './arguments.ts'
import type { KvResult, KvValue, ResultKind } from './results.ts'
import type { Readable, Writable } from './store.ts'
import type { KvLimits } from './validation.ts'

/** The keys that a command touches, from its arguments; `'all'` is every key there is or will be. */
type Keys<V extends readonly unknown[]> = 'all' | ((...values: V) => readonly string[])

/**
 * The footprint of an operation: the keys that a command touches. Two commands whose footprints do not meet may be executed in
 * different orders at different replicas, so it names everything that the result or the new state depends on. A key that is
 * read and written stands under `writes`. Without `writes` the operation only reads: its `apply` gets a store that it cannot
 * change, and one replica alone can answer it.
 */
export type Touches<V extends readonly unknown[]> =
  | { readonly reads: Keys<V>; readonly writes?: never }
  | { readonly reads?: Keys<V>; readonly writes: Keys<V> }

const firstKey = (key: string): readonly string[] => [key]
/** Of an operation that reads the key that is its first argument. */
export const readsKey = { reads: firstKey } as const
/** Of an operation that reads the keys of the whole store. */
export const readsAll = { reads: 'all' } as const
/** Of an operation that writes, and perhaps reads, the key that is its first argument. */
export const writesKey = { writes: firstKey } as const

type IsRead<T> = T extends { readonly writes: unknown } ? false : true

interface Common {
  /** It begins every command. It is stored and sent: it is never changed and never used for another operation. */
  readonly number: number
  readonly args: readonly Argument[]
  readonly result: ResultKind
  /** A line of help. Without it nobody asks for the operation by its name: other commands lead to it. */
  readonly help?: string | undefined
}

/** An operation that is executed by every replica. */
export interface Executed extends Common {
  readonly footprint: Touches<readonly never[]>
  /** The command that is proposed for it: what depends on the limits of the replica that takes it in travels with it. */
  proposedAs?(limits: KvLimits, ...values: readonly AppliedValue[]): unknown
  apply(store: Writable, ...values: readonly AppliedValue[]): KvResult
}

/** An operation that depends on the time of day: the replica that takes it in makes another command of it. */
export interface Timed extends Common {
  /** Number of the operation that it is with one argument more. Callers give that one as an option of the other. */
  readonly optionOf: number
  becomes(nowMs: number, ...values: readonly AppliedValue[]): unknown
}

export type Definition = Executed | Timed

/** Whether the operation only reads, so that one replica's own state can answer it. */
export const onlyReads = (definition: Definition): boolean =>
  'footprint' in definition && definition.footprint.writes === undefined

/** Arguments as callers give them: the last one may be left out if it has a default. */
type Given<P extends readonly unknown[], Args extends readonly Argument[]> = Args extends readonly [
  ...unknown[],
  { readonly byDefault: string | number },
]
  ? [...AllButLast<P>, ...Extract<Partial<Last<P>>, readonly unknown[]>]
  : P
type AllButLast<P extends readonly unknown[]> = P extends readonly [...infer Rest, unknown] ? Rest : never
/** As a tuple of one, so that it keeps its name. */
type Last<P extends readonly unknown[]> = P extends readonly [unknown, unknown, ...unknown[]]
  ? P extends readonly [unknown, ...infer Rest]
    ? Last<Rest>
    : never
  : P

/** The types of an operation. Those of client, commands and checker are derived from them. */
export interface OperationTypes {
  readonly number: number
  readonly args: readonly Argument[]
  /** The values of the arguments, by the names that `apply` has for them. */
  readonly values: readonly unknown[]
  readonly value: KvValue
  readonly isRead: boolean
  /** Has `help`: it is asked for by its name. */
  readonly isAsked: boolean
  readonly optionOf: number | undefined
}

/** Any operation. */
export interface AnyOperation {
  (...given: never): readonly unknown[]
  readonly definition: Definition
  /** Never there: a place for types. */
  readonly types?: OperationTypes
}

/** An operation: the function that makes its commands, and all that is known of it. */
export interface Operation<T extends OperationTypes> {
  (...given: Given<T['values'], T['args']>): readonly [op: T['number'], ...values: T['values']]
  readonly definition: Definition
  readonly types?: T
}

/** The arguments of a function after its first, by their names; those of the table if it does not take them all. */
type ParametersOf<Apply, Values extends readonly unknown[]> = Apply extends (first: never, ...rest: infer P) => unknown
  ? P['length'] extends Values['length']
    ? AsGiven<P>
    : Values
  : never

/** As callers give them: texts are strings. */
type AsGiven<P extends readonly unknown[]> = { [I in keyof P]: Exclude<P[I], Utf8Text> }

/** A type that is inferred elsewhere: compilers have `NoInfer` since 5.4 only. */
type Settled<T> = [T][T extends unknown ? 0 : never]

/** Declares an operation that replicas execute. A row of the table is one call of this. */
export function operation<
  const N extends number,
  const Args extends readonly Argument[],
  const F extends Touches<ValuesOf<Args>>,
  V extends KvValue,
  Apply extends (
    store: IsRead<Settled<F>> extends true ? Readable : Writable,
    ...values: AppliedOf<Args>
  ) => KvResult<V>,
  const Help extends string | undefined = undefined,
>(definition: {
  readonly number: N
  readonly args: Args
  readonly footprint: F
  readonly result: ResultKind<V>
  readonly help?: Help
  /** What is proposed for it, if that depends on the limits where it is taken in: `apply` sees no limit but those in it. */
  readonly proposedAs?: (limits: KvLimits, ...values: AppliedOf<Args>) => readonly unknown[]
  /** Executes a command. It has no clock, no randomness, no limits. An error is a result; an exception stops the replica. */
  readonly apply: Apply
}): Operation<{
  number: N
  args: Args
  values: ParametersOf<Apply, ValuesOf<Args>>
  value: V
  isRead: IsRead<F>
  isAsked: Help extends string ? true : false
  optionOf: undefined
}> {
  return made(definition as unknown as Definition) as never
}

/** Declares an operation that becomes another one, by the clock of the replica that takes it in. */
export function timed<
  const N extends number,
  const Args extends readonly Argument[],
  V extends KvValue,
  Of extends number,
  Becomes extends (nowMs: number, ...values: AppliedOf<Args>) => readonly unknown[],
>(definition: {
  readonly number: N
  readonly args: Args
  readonly result: ResultKind<V>
  readonly optionOf: { readonly definition: Definition; readonly types?: { readonly number: Of } }
  readonly becomes: Becomes
}): Operation<{
  number: N
  args: Args
  values: ParametersOf<Becomes, ValuesOf<Args>>
  value: V
  isRead: false
  isAsked: false
  optionOf: Of
}> {
  const optionOf = definition.optionOf.definition.number
  return made({ ...definition, optionOf } as unknown as Definition) as never
}

/** The function that makes commands: a list of the number and the arguments. */
function made(definition: Definition): AnyOperation {
  const { number, args } = definition
  const make = (...given: readonly ArgumentValue[]): readonly unknown[] => {
    const command: unknown[] = [number, ...given]
    const last = args.at(-1)?.byDefault
    if (last !== undefined) command[args.length] ??= last
    return command
  }
  return Object.assign(make, { definition })
}
