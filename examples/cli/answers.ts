import { type KvCommand, type KvResult, operationNumbered } from '../kv/commands.ts'
import type { Answer } from '../kv/results.ts'

/** What the user is told of a command's result. */
export function answerOf(command: KvCommand, result: KvResult): Answer {
  if (!result.ok) return { ok: false, reason: `${result.error.code}: ${result.error.message}` }
  const kind = operationNumbered(command[0])!.definition.result
  return kind.is(result.value)
    ? kind.inWords(result.value)
    : { ok: false, reason: `${kind.expected} was expected, the replica answered ${JSON.stringify(result.value)}` }
}
