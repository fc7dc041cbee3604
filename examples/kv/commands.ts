/**
 * Commands of the key-value store, as plain data: a positional list that begins with the number of its operation. It travels and
 * is stored as it is. All here follows from the table of operations.
 */
import { checkArgument } from './arguments.ts'
import type { AnyOperation, Definition, Operation, OperationTypes } from './operation.ts'
import * as table from './operations.ts'
import { type KvLimits, malformed } from './validation.ts'

export * from './operations.ts'
export type { KvError, KvErrorCode, KvPage, KvResult, KvValue } from './results.ts'

type Table = typeof table
type TypesIn<O> = O extends Operation<infer T> ? T : never
type NamesWhere<Condition extends Partial<OperationTypes>> = {
  [K in keyof Table]: TypesIn<Table[K]> extends Condition ? K : never
}[keyof Table]

/** The name of an operation. */
export type KvOp = keyof Table
/** The name of an operation that users ask for by its name. The others are sent on their behalf. */
export type AskedOp = NamesWhere<{ isAsked: true }>
/** The types of one operation: its arguments, its result and the rest. */
export type TypesOf<K extends KvOp> = TypesIn<Table[K]>
/** The arguments of one operation as callers give them. */
export type GivenTo<K extends KvOp> = Parameters<Table[K]>
/** The command of one operation. */
export type CommandOf<K extends KvOp> = ReturnType<Table[K]>
export type KvCommand = CommandOf<KvOp>
/** The operations that are this one with an option. */
export type OptionsOf<K extends KvOp> = NamesWhere<{ optionOf: TypesOf<K>['number'] }>

/** A row of the table, with its name. */
export interface NamedOperation {
  readonly name: KvOp
  readonly make: AnyOperation
  readonly definition: Definition
}

/** All operations, in the order of their numbers. */
export const operations: readonly NamedOperation[] = Object.entries<AnyOperation>(table)
  .map(([name, make]) => ({ name: name as KvOp, make, definition: make.definition }))
  .sort((a, b) => a.definition.number - b.definition.number)

const byName: ReadonlyMap<string, NamedOperation> = new Map(operations.map(each => [each.name, each]))
const byNumber: ReadonlyMap<unknown, NamedOperation> = new Map(operations.map(each => [each.definition.number, each]))

/** The names that users can ask for, in the order of the numbers. */
export const askedOps: readonly AskedOp[] = operations
  .filter(({ definition }) => definition.help !== undefined)
  .map(({ name }) => name as AskedOp)

export const operationNamed = (name: KvOp): NamedOperation => byName.get(name)!
/** The operation of a command that may come from anywhere; undefined if there is none of this number. */
export const operationNumbered = (number: unknown): NamedOperation | undefined => byNumber.get(number)
/** The operations that are this one with an option. */
export const optionsOf = (of: NamedOperation): readonly NamedOperation[] =>
  operations.filter(({ definition }) => 'becomes' in definition && definition.optionOf === of.definition.number)

/**
 * Checks a command that may come from anywhere.
 * @returns its operation
 * @throws KvCommandError that names the argument, what was expected and what was found
 */
export function checkCommand(command: unknown, limits: KvLimits): NamedOperation {
  if (!Array.isArray(command)) malformed('a command (a list that begins with its number)', command)
  const fields: readonly unknown[] = command
  const found = byNumber.get(fields[0])
  if (found === undefined) malformed(`a command number from 1 to ${operations.at(-1)!.definition.number}`, fields[0])
  const { args } = found.definition
  if (fields.length !== args.length + 1) {
    malformed(`a list of ${args.length + 1} as command ${fields[0]} (${found.name})`, `of ${fields.length}`)
  }
  for (let at = 0; at < args.length; at++) checkArgument(args[at]!, fields[at + 1], limits)
  return found
}
