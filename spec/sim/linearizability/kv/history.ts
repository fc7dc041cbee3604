import { type Argument, type ArgumentValue, checkArgument, expectedOf } from '../../../../examples/kv/arguments.ts'
import { operationNamed } from '../../../../examples/kv/commands.ts'
import { isKeyOp, type KeyOp, keyOps, tells, told } from '../../../../examples/kv/key-operations.ts'
import { wholeNumber } from '../../../../examples/kv/results.ts'
import { KvCommandError } from '../../../../examples/kv/validation.ts'
import { EpaxosError } from '../../../../machines/protocol/errors.ts'
import type { KvOperation } from './operation.ts'

/** A line of a history is not what it should be. */
export class HistoryError extends EpaxosError<'malformedHistory'> {
  /** From 1. */
  readonly line: number

  constructor(line: number, message: string, options?: ErrorOptions) {
    super('malformedHistory', `line ${line}: ${message}`, options)
    this.line = line
  }
}

export interface History {
  /** Without those that were refused (status `fail`): they took no effect. */
  readonly operations: KvOperation[]
  readonly lines: number
  readonly refused: number
  /** What a reader of the verdict should know. */
  readonly notes: readonly string[]
}

/**
 * Reads a recorded history, one JSON object a line:
 * `{"client", "op", "key", "args", "result", "start", "end", "status"}`, `start` and `end` in ns as decimal strings,
 * `end` null when the outcome is unknown. A last line that is cut off is left out, with a note.
 * @throws HistoryError with the line's number.
 */
export async function readHistory(lines: Iterable<string> | AsyncIterable<string>): Promise<History> {
  const operations: KvOperation[] = []
  const notes: string[] = []
  let number = 0
  let refused = 0
  let torn: HistoryError | undefined
  for await (const line of lines) {
    number++
    if (line.trim() === '') continue
    if (torn !== undefined) throw torn
    let entry: unknown
    try {
      entry = JSON.parse(line)
    } catch (cause) {
      torn = new HistoryError(number, `expected a JSON object, found ${JSON.stringify(line.slice(0, 60))}`, { cause })
      continue
    }
    const operation = operationOf(entry, number)
    if (operation === 'refused') refused++
    else operations.push(operation)
  }
  if (torn !== undefined) {
    notes.push(
      `line ${torn.line}, the last, is cut off and was left out; if others saw its effect, the verdict is wrong`,
    )
  }
  return { operations, lines: number, refused, notes }
}

type Entry = Readonly<Record<string, unknown>>

/** @throws HistoryError unless `entry`, from line `line`, is one operation. */
export function operationOf(entry: unknown, line: number): KvOperation | 'refused' {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    throw new HistoryError(line, `expected a JSON object, found ${found(entry)}`)
  }
  const it = entry as Entry
  const expected = (field: string, what: string): HistoryError =>
    new HistoryError(line, `${field}: expected ${what}, found ${found(it[field])}`)
  const { client, key, status } = it
  if (typeof client !== 'string' && typeof client !== 'number') throw expected('client', 'a string or a number')
  if (typeof key !== 'string') throw expected('key', 'a string')
  if (status !== 'ok' && status !== 'unknown' && status !== 'fail') throw expected('status', 'ok, unknown or fail')
  const start = timeOf(it.start)
  if (start === undefined) throw expected('start', 'ns as a decimal string')
  const ended = it.end === null ? null : timeOf(it.end)
  if (ended === undefined) throw expected('end', 'ns as a decimal string, or null')
  if (ended === null && status === 'ok') throw expected('end', 'ns as a decimal string, as the status is ok')
  if (ended !== null && ended < start) throw expected('end', `a time not before start, ${start}`)
  const end = status === 'ok' ? ended : null
  const common = { client, key, start, end }
  const operation = withKind(it, common, expected)
  return status === 'fail' ? 'refused' : operation
}

type Common = Pick<KvOperation, 'client' | 'key' | 'start' | 'end'>

function withKind(it: Entry, common: Common, expected: (field: string, what: string) => HistoryError): KvOperation {
  const { op, result } = it
  if (!isKeyOp(op)) throw expected('op', keyOps.join(', ').replace(/, (\w+)$/, ' or $1'))
  const { definition } = operationNamed(op)
  const args = argsIn(it, op, definition.args.slice(1), expected)
  // An operation with a number for an answer can be refused: anything else is the error then.
  const isRefused = definition.result === wholeNumber && result !== undefined
  // Of an operation that is not known to have happened, the result is not looked at.
  if (common.end !== null && tells(op) && !definition.result.is(result) && !isRefused) {
    throw expected('result', definition.result.expected)
  }
  return { ...common, ...told(op, args, common.end === null ? undefined : result) }
}

const unlimited = { keyBytesMax: Number.POSITIVE_INFINITY, valueBytesMax: Number.POSITIVE_INFINITY }

/** The arguments beside the key, in the shape in which a history has them. */
function argsIn(
  { args }: Entry,
  op: KeyOp,
  kinds: readonly Argument[],
  expected: (field: string, what: string) => HistoryError,
): readonly ArgumentValue[] {
  if (kinds.length === 0) return []
  const found: readonly unknown[] = kinds.length === 1 ? [args] : Array.isArray(args) ? args : []
  const values = kinds.map(({ byDefault }, at) => found[at] ?? byDefault ?? null)
  try {
    if (kinds.length > 1 && found.length !== kinds.length) throw new KvCommandError('malformed', 'too few or too many')
    kinds.forEach((each, at) => {
      checkArgument(each, values[at], unlimited)
    })
  } catch (error) {
    if (!(error instanceof KvCommandError)) throw error
    const each = kinds.map(({ kind, orNull }) => `${expectedOf[kind]}${orNull ? ' or null' : ''}`)
    const names = kinds.map(({ name }) => name).join(', ')
    throw expected(
      'args',
      kinds.length === 1 ? `the ${names}, ${each}, for ${op}` : `[${names}] for ${op}: ${each.join(', ')}`,
    )
  }
  return values as readonly ArgumentValue[]
}

function timeOf(it: unknown): bigint | undefined {
  return typeof it === 'string' && /^\d{1,20}$/.test(it) ? BigInt(it) : undefined
}

function found(it: unknown): string {
  const text = it === undefined ? 'nothing' : JSON.stringify(it)
  return text.length > 60 ? `${text.slice(0, 60)}...` : text
}
