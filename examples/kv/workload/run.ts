import { EpaxosError } from '../../../machines/protocol/errors.ts'
import type { KvClient } from '../client.ts'
import type { KvResult } from '../commands.ts'
import { tells } from '../key-operations.ts'
import type { HistoryEntry } from './history.ts'
import type { Measures } from './measures.ts'
import { drawFrom, type Mix } from './mix.ts'
import { type Operation, OperationSource } from './operations.ts'
import { createRandom } from './random.ts'

export interface WorkloadOptions {
  /** Connections to the cluster: closed-loop clients share them in turn. */
  readonly connections: readonly KvClient[]
  /** Clients that each do one operation after another. */
  readonly clients: number
  readonly keys: number
  /**
   * What all keys begin with. A checker takes every key to be absent at first, so a history begins on keys that nobody has
   * used.
   */
  readonly keyPrefix: string
  readonly mix: Mix
  /** No operation begins once this many have. */
  readonly operations: number
  /** No operation begins once it is aborted. */
  readonly signal: AbortSignal
  readonly seed: number
  readonly measures: Measures
  readonly record: (entry: HistoryEntry) => void
}

const pauseAfterFailureMs = 20

/** Drives the store until the operations are done or the signal is given, and every client has ended its last one. */
export async function runWorkload(options: WorkloadOptions): Promise<void> {
  let begun = 0
  const mayBegin = (): boolean => !options.signal.aborted && begun++ < options.operations
  await Promise.all(Array.from({ length: options.clients }, (_, at) => runClient(at, options, mayBegin)))
}

async function runClient(at: number, options: WorkloadOptions, mayBegin: () => boolean): Promise<void> {
  const { connections, keys, keyPrefix, mix, seed, measures, record } = options
  const client = connections[at % connections.length]!
  const random = createRandom(seed + at * 7_919)
  const source = new OperationSource(`${seed.toString(36)}.${at}`, keyPrefix, keys, drawFrom(mix, random), random)
  let name = `c${at}`
  let lives = 1
  while (mayBegin()) {
    const operation = source.next()
    const { op, key, args } = operation
    const endpoint = client.endpoint
    const start = process.hrtime.bigint()
    const entry = { client: name, op, key, args, start }
    try {
      const result = await client.execute(operation.command)
      const end = process.hrtime.bigint()
      measures.answered(end - start, client.endpoint !== endpoint)
      record({ ...entry, ...outcomeOf(operation, result), end })
      if (op === 'get' && result.ok) source.saw(key, result.value as string | null)
    } catch (error) {
      if (!(error instanceof EpaxosError)) throw error
      const isUnknown = error.code === 'unknown'
      measures.failed(isUnknown ? 'unknown' : 'fail', error.code)
      const end = isUnknown ? null : process.hrtime.bigint()
      record({ ...entry, result: null, end, status: isUnknown ? 'unknown' : 'fail' })
      if (isUnknown) name = `c${at}.${++lives}`
      else await new Promise(resolve => setTimeout(resolve, pauseAfterFailureMs))
    }
  }
}

/** An error result changed nothing: for a checker the operation did not happen. */
function outcomeOf({ op }: Operation, result: KvResult): Pick<HistoryEntry, 'result' | 'status'> {
  if (!result.ok) return { result: null, status: 'fail' }
  const { value } = result
  return { result: tells(op) && (value === null || typeof value !== 'object') ? value : null, status: 'ok' }
}
