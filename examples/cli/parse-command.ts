import { InvalidArgumentError } from 'commander'
import { append, cas, del, get, incr, type KvCommand, type KvOp, keys, put, putFor } from '../kv/commands.ts'
import { UsageError } from './exit.ts'
import { parseSecondsAsMs } from './options.ts'

/** What a user can ask for by name; the others follow from it. */
export type KvWord = Exclude<KvOp, 'putFor' | 'putUntil' | 'expire'>

/** The arguments of each command, as help shows them. */
export const usageOf: Readonly<Record<KvWord, string>> = {
  put: 'put KEY VALUE [--ttl SECONDS]',
  get: 'get KEY [--stale]',
  del: 'del KEY',
  cas: 'cas KEY OLD NEW | cas KEY --absent NEW | cas KEY OLD --delete',
  append: 'append KEY TEXT',
  incr: 'incr KEY [BY]',
  keys: 'keys [PREFIX] [--stale]',
}

export const isKvOp = (word: string): word is KvWord => Object.hasOwn(usageOf, word)

function wrong(op: KvWord, found: readonly string[]): never {
  throw new UsageError(
    `expected: ${usageOf[op]}; found ${found.length} ${found.length === 1 ? 'argument' : 'arguments'}`,
  )
}

function count(op: KvWord, args: readonly string[], min: number, max: number): void {
  if (args.length < min || args.length > max) wrong(op, args)
}

function secondsOf(text: string): number {
  try {
    return parseSecondsAsMs(text)
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error
    throw new UsageError(`expected: ${usageOf.put}; ${error.message}`, { cause: error })
  }
}

/** Of a compare-and-set: `--absent` stands for no old value, `--delete` for no new one. */
function parseCas(args: readonly string[]): KvCommand {
  const [key, old, next] = args
  if (args.length !== 3 || key === undefined || old === undefined || next === undefined) return wrong('cas', args)
  return cas(key, old === '--absent' ? null : old, next === '--delete' ? null : next)
}

/** A line of the prompt: a command, and whether one replica's own state may answer it. */
export interface KvRequest {
  readonly command: KvCommand
  readonly stale: boolean
}

/** @throws UsageError that names what was expected */
export function parseKvRequest(op: KvWord, args: readonly string[]): KvRequest {
  const stale = (op === 'get' || op === 'keys') && args.length > 0 && args.at(-1) === '--stale'
  return { command: parseKvCommand(op, stale ? args.slice(0, -1) : args), stale }
}

/**
 * A command from its words.
 * @throws UsageError that names what was expected
 */
export function parseKvCommand(op: KvWord, args: readonly string[]): KvCommand {
  const [key = '', text = ''] = args
  switch (op) {
    case 'put':
      if (args.length === 4 && args[2] === '--ttl') return putFor(key, text, secondsOf(args[3]!))
      count(op, args, 2, 2)
      return put(key, text)
    case 'get':
      count(op, args, 1, 1)
      return get(key)
    case 'del':
      count(op, args, 1, 1)
      return del(key)
    case 'cas':
      return parseCas(args)
    case 'append':
      count(op, args, 2, 2)
      return append(key, text)
    case 'incr': {
      count(op, args, 1, 2)
      const by = args.length === 1 ? 1 : Number(text)
      if (!Number.isSafeInteger(by) || (args.length === 2 && !/^-?\d+$/.test(text))) {
        throw new UsageError(`expected a whole number to add, found '${text}'`)
      }
      return incr(key, by)
    }
    case 'keys':
      count(op, args, 0, 1)
      return keys(key)
  }
}
