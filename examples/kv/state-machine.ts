import type { TableStateMachine } from '../../actors/shared/state-machine.ts'
import { InvariantError } from '../../machines/protocol/errors.ts'
import { type AppliedValue, applied } from './arguments.ts'
import { checkCommand, expire, type KvCommand, operations } from './commands.ts'
import type { Definition, Executed, Timed } from './operation.ts'
import type { KvResult } from './results.ts'
import { Store } from './store.ts'
import { KvCommandError, type KvLimits, kvLimitsOf, largestOf } from './validation.ts'

export type KvStateMachine = TableStateMachine<KvCommand, KvResult> & {
  /** Number of keys. */
  readonly size: number
}

/**
 * The key-value store as a replicated state machine: a table of texts. Reads are commands too, so that they are linearizable. A
 * key with a deadline stays until an `expire` is executed: clocks say when that is proposed, and nothing else.
 */
export function createKvStateMachine(limits: Partial<KvLimits> = {}): KvStateMachine {
  const bounds = kvLimitsOf(limits)
  const store = new Store()

  return {
    largest: largestOf(bounds),
    textsAsBytes: true,

    get size() {
      return store.size
    },

    stamped(command, nowMs) {
      const definition = Array.isArray(command) ? definitionOf(command) : undefined
      if (definition === undefined) return command
      if (isTimed(definition)) {
        checkCommand(command, bounds)
        return called(definition.becomes, definition, nowMs, command) as KvCommand
      }
      if (definition.proposedAs === undefined) return command
      checkCommand(command, bounds)
      return called(definition.proposedAs, definition, bounds, command) as KvCommand
    },

    due: (nowMs, max) => store.due(nowMs, max).map(each => expire(...each)),

    footprint(command) {
      const { definition } = checkCommand(command, bounds)
      if (isTimed(definition)) {
        throw new KvCommandError('malformed', 'a time to live has to become a deadline before it is proposed')
      }
      const { reads, writes } = definition.footprint
      return { reads: keysOf(reads, definition, command), writes: keysOf(writes, definition, command) }
    },

    apply(command) {
      const definition = definitionOf(command)
      if (definition === undefined || isTimed(definition)) {
        throw new InvariantError(`a command ${command[0]} was executed: no replica proposes it`)
      }
      return called(definition.apply, definition, store, command)
    },

    tables: store.tables,
    replaced: () => store.replaced(),
    migrate: snapshot => store.migrate(snapshot),
  }
}

/** By number: every command is looked up three times at each replica, so it is no map. */
const definitions: readonly (Definition | undefined)[] = operations.reduce<(Definition | undefined)[]>(
  (all, { definition }) => {
    all[definition.number] = definition
    return all
  },
  [],
)

const definitionOf = (command: readonly unknown[]): Definition | undefined => definitions[command[0] as number]

const isTimed = (definition: Definition): definition is Timed => 'becomes' in definition

/** Calls a function of an operation with the arguments of a command. Short ones, which are nearly all, make no list for it. */
function called<F, R>(
  operation: (first: F, ...values: readonly AppliedValue[]) => R,
  { args }: Definition,
  first: F,
  command: readonly unknown[],
): R {
  const values = command as readonly [unknown, ...AppliedValue[]]
  switch (values.length) {
    case 2:
      return operation(first, applied(args[0]!, values[1]!))
    case 3:
      return operation(first, applied(args[0]!, values[1]!), applied(args[1]!, values[2]!))
    default:
      return operation(first, ...args.map((each, at) => applied(each, values[at + 1] as AppliedValue)))
  }
}

const nothing: readonly string[] = []

function keysOf(
  touched: Executed['footprint']['reads'],
  definition: Definition,
  command: KvCommand,
): readonly string[] | 'all' {
  if (touched === undefined) return nothing
  if (touched === 'all') return 'all'
  const keys = touched as (...values: readonly AppliedValue[]) => readonly string[]
  return called((_, ...values) => keys(...values), definition, undefined, command)
}
