import type { StateMachine } from '../../actors/shared/state-machine.ts'
import { InvariantError } from '../../machines/protocol/errors.ts'
import type { ArgumentValue } from './arguments.ts'
import { checkCommand, expire, type KvCommand, operationNumbered } from './commands.ts'
import type { Executed } from './operation.ts'
import type { KvResult } from './results.ts'
import { Store } from './store.ts'
import { defaultKvLimits, KvCommandError, type KvLimits } from './validation.ts'

export type KvStateMachine = StateMachine<KvCommand, KvResult> & {
  /** Number of keys. */
  readonly size: number
}

/**
 * The key-value store as a replicated state machine: a map of texts. Reads are commands too, so that they are linearizable. A
 * key with a deadline stays until an `expire` is executed: clocks say when that is proposed, and nothing else.
 */
export function createKvStateMachine(limits: Partial<KvLimits> = {}): KvStateMachine {
  const bounds: KvLimits = { ...defaultKvLimits, ...limits }
  const store = new Store(bounds)

  return {
    get size() {
      return store.size
    },

    stamped(command, nowMs) {
      const operation = Array.isArray(command) ? operationNumbered(command[0]) : undefined
      if (operation === undefined || !('becomes' in operation.definition)) return command
      checkCommand(command, bounds)
      return operation.definition.becomes(nowMs, ...valuesOf(command)) as KvCommand
    },

    due: (nowMs, max) => store.due(nowMs, max).map(each => expire(...each)),

    footprint(command) {
      const { definition } = checkCommand(command, bounds)
      if ('becomes' in definition) {
        throw new KvCommandError('malformed', 'a time to live has to become a deadline before it is proposed')
      }
      const { reads, writes } = definition.footprint
      return { reads: keysOf(reads, command), writes: keysOf(writes, command) }
    },

    apply(command) {
      const definition = operationNumbered(command[0])?.definition
      if (definition === undefined || 'becomes' in definition) {
        throw new InvariantError(`a command ${command[0]} was executed: no replica proposes it`)
      }
      return definition.apply(store, ...valuesOf(command))
    },

    snapshot: () => store.snapshot(),
    restore: snapshot => store.restore(snapshot),
  }
}

const valuesOf = (command: KvCommand): readonly ArgumentValue[] => command.slice(1) as readonly ArgumentValue[]

const nothing: readonly string[] = []

function keysOf(touched: Executed['footprint']['reads'], command: KvCommand): readonly string[] | 'all' {
  if (touched === undefined) return nothing
  return touched === 'all' ? 'all' : touched(...(valuesOf(command) as readonly never[]))
}
