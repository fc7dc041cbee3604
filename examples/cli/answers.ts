import { type KvCommand, type KvResult, opNumbers } from '../kv/commands.ts'

/** A result in words: what was asked for, or why not. */
export type Answer =
  | { readonly ok: true; readonly lines: readonly string[] }
  | { readonly ok: false; readonly reason: string }

const yes = (...lines: readonly string[]): Answer => ({ ok: true, lines })
const no = (reason: string): Answer => ({ ok: false, reason })

/** What the user is told of a command's result. */
export function answerOf(command: KvCommand, result: KvResult): Answer {
  if (!result.ok) return no(`${result.error.code}: ${result.error.message}`)
  const { value } = result
  switch (command[0]) {
    case opNumbers.put:
    case opNumbers.putFor:
    case opNumbers.putUntil:
    case opNumbers.append:
      return yes('OK')
    case opNumbers.get:
      return value === null ? no('absent') : yes(String(value))
    case opNumbers.del:
    case opNumbers.expire:
      return value === true ? yes('OK') : no('absent')
    case opNumbers.cas:
      return value === true ? yes('OK') : no('the value is another one')
    case opNumbers.incr:
      return yes(String(value))
    case opNumbers.keys:
      return Array.isArray(value) ? yes(...value) : no('the replica answered no list of keys')
  }
}
