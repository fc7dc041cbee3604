import { InvalidArgumentError } from 'commander'
import type { Argument, ArgumentKind, ArgumentValue } from '../kv/arguments.ts'
import {
  type AskedOp,
  askedOps,
  type KvCommand,
  type NamedOperation,
  operationNamed,
  optionsOf,
} from '../kv/commands.ts'
import { onlyReads } from '../kv/operation.ts'
import { UsageError } from './exit.ts'
import { parseSecondsAsMs } from './options.ts'

export const isKvOp = (word: string): word is AskedOp => (askedOps as readonly string[]).includes(word)

/** The option that makes another operation of this one, as `--ttl` of put: its argument, and how to make the command. */
export function optionOf(operation: NamedOperation) {
  const [another] = optionsOf(operation)
  return another && { make: another.make, argument: another.definition.args.at(-1)! }
}

/** `--ttl` of `--ttl <seconds>`. */
export const flagOf = ({ flag }: Argument): string => flag!.split(' ')[0]!

/** The arguments of a command as help shows them: `cas KEY OLD NEW | cas KEY --absent NEW | cas KEY OLD --delete`. */
export function usageOf(op: AskedOp): string {
  const operation = operationNamed(op)
  const { args } = operation.definition
  const words = args.map(({ name, byDefault }) =>
    byDefault === undefined ? name.toUpperCase() : `[${name.toUpperCase()}]`,
  )
  const flag = optionOf(operation)?.argument.flag?.replace(/<(.*)>/, (_, name: string) => name.toUpperCase())
  const options = [...(flag ? [`[${flag}]`] : []), ...(onlyReads(operation.definition) ? ['[--stale]'] : [])]
  const line = (these: readonly string[]): string => [op, ...these, ...options].join(' ')
  const withFlags = args.flatMap(({ orNull }, at) => (orNull ? [line(words.with(at, orNull.flag))] : []))
  return [line(words), ...withFlags].join(' | ')
}

function wholeNumberOf(word: string): number {
  const value = Number(word)
  if (!/^-?\d+$/.test(word) || !Number.isSafeInteger(value)) {
    throw new UsageError(`expected a whole number, found '${word}'`)
  }
  return value
}

/** Values from words. @throws UsageError that says what was expected */
const readers: Readonly<Record<ArgumentKind, (word: string, usage: string) => ArgumentValue>> = {
  key: word => word,
  prefix: word => word,
  text: word => word,
  integer: wholeNumberOf,
  count: wholeNumberOf,
  bytesMax: wholeNumberOf,
  milliseconds(word, usage) {
    try {
      return parseSecondsAsMs(word)
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error
      throw new UsageError(`expected: ${usage}; ${error.message}`, { cause: error })
    }
  },
}

/**
 * A command from its words. Null stands where a flag says that there is nothing.
 * @param option the word of the option, if it was given
 * @throws UsageError that names what was expected
 */
export function commandOf(op: AskedOp, words: readonly (string | null)[], option?: string): KvCommand {
  const operation = operationNamed(op)
  const { args } = operation.definition
  const usage = usageOf(op)
  const required = args.filter(({ byDefault }) => byDefault === undefined).length
  if (words.length < required || words.length > args.length) {
    const found = words.filter(word => word !== null).length
    throw new UsageError(`expected: ${usage}; found ${found} ${found === 1 ? 'argument' : 'arguments'}`)
  }
  const values = words.map((word, at) => (word === null ? null : readers[args[at]!.kind](word, usage)))
  const another = optionOf(operation)
  if (option === undefined || another === undefined) return operation.make(...(values as never)) as KvCommand
  const value = readers[another.argument.kind](option, usage)
  return another.make(...([...values, value] as never)) as KvCommand
}

/** A line of the prompt: a command, and whether one replica's own state may answer it. */
export interface KvRequest {
  readonly command: KvCommand
  readonly stale: boolean
}

/** @throws UsageError that names what was expected */
export function parseKvRequest(op: AskedOp, words: readonly string[]): KvRequest {
  const stale = words.at(-1) === '--stale' && onlyReads(operationNamed(op).definition)
  return { command: parseKvCommand(op, stale ? words.slice(0, -1) : words), stale }
}

/**
 * A command from its words at the prompt, where flags stand in their places: `cas KEY --absent NEW`, `put KEY VALUE --ttl 60`.
 * After `--` all words are values.
 * @throws UsageError that names what was expected
 */
export function parseKvCommand(op: AskedOp, words: readonly string[]): KvCommand {
  const operation = operationNamed(op)
  const { args } = operation.definition
  const another = optionOf(operation)
  const cut = words.includes('--') ? words.indexOf('--') : words.length
  const [given, values] = [words.slice(0, cut), words.slice(cut + 1)]
  const hasOption =
    another && given.length + values.length === args.length + 2 && given.at(-2) === flagOf(another.argument)
  const plain = hasOption ? given.slice(0, -2) : given
  const read = plain.map((word, at) => (args[at]?.orNull?.flag === word ? null : word))
  return commandOf(op, [...read, ...values], hasOption ? given.at(-1) : undefined)
}
