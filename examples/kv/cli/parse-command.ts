import { append, cas, del, get, incr, type KvCommand, type KvOp, keys, put } from '../commands.ts'
import { UsageError } from './exit.ts'

/** The arguments of each command, as help shows them. */
export const usageOf: Readonly<Record<KvOp, string>> = {
  put: 'put KEY VALUE',
  get: 'get KEY',
  del: 'del KEY',
  cas: 'cas KEY OLD NEW | cas KEY --absent NEW | cas KEY OLD --delete',
  append: 'append KEY TEXT',
  incr: 'incr KEY [BY]',
  keys: 'keys [PREFIX]',
}

export const isKvOp = (word: string): word is KvOp => Object.hasOwn(usageOf, word)

function wrong(op: KvOp, found: readonly string[]): never {
  throw new UsageError(`expected: ${usageOf[op]}; found ${found.length} arguments`)
}

function count(op: KvOp, args: readonly string[], min: number, max: number): void {
  if (args.length < min || args.length > max) wrong(op, args)
}

/** Of a compare-and-set: `--absent` stands for no old value, `--delete` for no new one. */
function parseCas(args: readonly string[]): KvCommand {
  const [key, old, next] = args
  if (args.length !== 3 || key === undefined || old === undefined || next === undefined) return wrong('cas', args)
  return cas(key, old === '--absent' ? null : old, next === '--delete' ? null : next)
}

/**
 * A command from its words.
 * @throws UsageError that names what was expected
 */
export function parseKvCommand(op: KvOp, args: readonly string[]): KvCommand {
  const [key = '', text = ''] = args
  switch (op) {
    case 'put':
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
