import { EpaxosError } from '../../machines/protocol/errors.ts'
import { type KvCommand, type KvResult, operationNumbered } from './commands.ts'

/**
 * The result of a command, if it is one of the key-value store. A cluster may run another state machine, which takes the
 * command for one of its own.
 * @throws EpaxosError `malformed`
 */
export function kvResultOf(command: KvCommand, answer: unknown): KvResult {
  const kind = operationNumbered(command[0])?.definition.result
  if (isObject(answer)) {
    const { ok, value, error } = answer
    if (ok === true && (kind === undefined || kind.is(value))) return answer as unknown as KvResult
    if (ok === false && isObject(error) && typeof error.code === 'string') return answer as unknown as KvResult
  }
  throw new EpaxosError(
    'malformed',
    `a result of the key-value store is expected${kind === undefined ? '' : ` (${kind.expected})`}: ` +
      'the cluster answered something else, and seems to run another state machine',
  )
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null
