import { EpaxosError } from '../../machines/protocol/errors.ts'
import { type KvCommand, opNumbers } from './commands.ts'

/** Sizes in bytes of UTF-8. Every replica of a cluster, and its clients, must have the same. */
export interface KvLimits {
  /** Bytes of a key in UTF-8. */
  readonly keyBytesMax: number
  /** Bytes of a value in UTF-8. */
  readonly valueBytesMax: number
}
export const defaultKvLimits: KvLimits = { keyBytesMax: 1_024, valueBytesMax: 1_048_576 }

/** A command that the store does not take: `malformed`, or `tooLarge`. It is refused before it is proposed. */
export class KvCommandError extends EpaxosError<'malformed' | 'tooLarge'> {}

const encoder = new TextEncoder()

/** Whether a text has more bytes of UTF-8 than allowed; they are counted only when it could. */
export function exceeds(text: string, bytesMax: number): boolean {
  if (text.length * 3 <= bytesMax) return false
  return text.length > bytesMax || encoder.encode(text).length > bytesMax
}

function malformed(expected: string, found: unknown): never {
  const name = found === null ? 'null' : typeof found === 'object' ? 'an object' : `${typeof found} ${String(found)}`
  throw new KvCommandError('malformed', `${expected} was expected, ${name.slice(0, 80)} was found`)
}

function checkText(text: unknown, name: string, bytesMax: number): void {
  if (typeof text !== 'string') malformed(`a text as ${name}`, text)
  if (exceeds(text, bytesMax)) {
    const found = encoder.encode(text).length
    throw new KvCommandError('tooLarge', `the ${name} has ${found} bytes, at most ${bytesMax} are allowed`)
  }
  // Lone surrogates have no UTF-8: they would not come back as they were sent.
  if (/\p{Surrogate}/u.test(text)) malformed(`well-formed Unicode as ${name}`, text)
}

function checkLength(fields: readonly unknown[], expected: number): void {
  if (fields.length !== expected) malformed(`a list of ${expected} as command ${fields[0]}`, `of ${fields.length}`)
}

/** So that a time to live and the time of day have an exact sum. */
const isTime = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) > 0 && Number(value) <= 2 ** 52

/**
 * Checks a command that may come from anywhere.
 * @throws KvCommandError that names the field, what was expected and what was found
 */
export function checkCommand(command: unknown, limits: KvLimits): asserts command is KvCommand {
  if (!Array.isArray(command)) malformed('a command (a list that begins with its number)', command)
  const fields: readonly unknown[] = command
  const [op, key, first, second] = fields
  const { keyBytesMax, valueBytesMax } = limits
  checkText(key, op === opNumbers.keys ? 'prefix' : 'key', keyBytesMax)
  switch (op) {
    case opNumbers.get:
    case opNumbers.del:
    case opNumbers.keys:
      return checkLength(fields, 2)
    case opNumbers.put:
    case opNumbers.append:
      checkText(first, 'value', valueBytesMax)
      return checkLength(fields, 3)
    case opNumbers.cas:
      if (first !== null) checkText(first, 'expected value', valueBytesMax)
      if (second !== null) checkText(second, 'new value', valueBytesMax)
      return checkLength(fields, 4)
    case opNumbers.incr:
      if (!Number.isSafeInteger(first)) malformed('a whole number to add', first)
      return checkLength(fields, 3)
    case opNumbers.putFor:
    case opNumbers.putUntil:
      checkText(first, 'value', valueBytesMax)
      if (!isTime(second)) malformed('a positive whole number of milliseconds', second)
      return checkLength(fields, 4)
    case opNumbers.expire:
      if (!isTime(first)) malformed('a positive whole number of milliseconds', first)
      return checkLength(fields, 3)
    default:
      malformed('a command number from 1 to 10', op)
  }
}
