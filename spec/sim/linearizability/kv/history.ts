import { EpaxosError } from '../../../../machines/protocol/errors.ts'
import type { KvOperation, Value } from './operation.ts'

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
  const { op, args, result } = it
  // Of an operation that is not known to have happened, the result is not looked at.
  const known = common.end !== null
  switch (op) {
    case 'put':
    case 'append':
      if (typeof args !== 'string') throw expected('args', `the value, a string, for ${op}`)
      return { ...common, op, args }
    case 'get':
      if (!known) return { ...common, op, result: null }
      if (!isValue(result)) throw expected('result', 'the value, a string, or null')
      return { ...common, op, result }
    case 'cas': {
      const [expectedValue, replacement, ...more] = Array.isArray(args) ? (args as unknown[]) : []
      if (!isValue(expectedValue) || !isValue(replacement) || more.length > 0) {
        throw expected('args', '[expected, new], each a string or null')
      }
      return { ...common, op, args: [expectedValue, replacement], result: booleanOf(result, known, expected) }
    }
    case 'del':
      return { ...common, op, result: booleanOf(result, known, expected) }
    case 'incr':
      if (args !== undefined && args !== null && !isWhole(args)) throw expected('args', 'what is added, a whole number')
      // Anything but a number is the error it was refused with.
      if (known && result === undefined) throw expected('result', 'the sum, or the error')
      return { ...common, op, args: isWhole(args) ? args : 1, result: known && isWhole(result) ? result : null }
    default:
      throw expected('op', 'get, put, append, cas, del or incr')
  }
}

function booleanOf(result: unknown, known: boolean, expected: (field: string, what: string) => HistoryError): boolean {
  if (!known) return false
  if (typeof result !== 'boolean') throw expected('result', 'true or false')
  return result
}

const isWhole = (it: unknown): it is number => typeof it === 'number' && Number.isSafeInteger(it)

const isValue = (it: unknown): it is Value => it === null || typeof it === 'string'

function timeOf(it: unknown): bigint | undefined {
  return typeof it === 'string' && /^\d{1,20}$/.test(it) ? BigInt(it) : undefined
}

function found(it: unknown): string {
  const text = it === undefined ? 'nothing' : JSON.stringify(it)
  return text.length > 60 ? `${text.slice(0, 60)}...` : text
}
