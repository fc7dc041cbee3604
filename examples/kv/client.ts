import type { CallOptions, Client } from '../../actors/client/client.ts'
import { EpaxosError } from '../../machines/protocol/errors.ts'
import {
  append,
  cas,
  del,
  get,
  incr,
  type KvCommand,
  type KvErrorCode,
  type KvResult,
  keys,
  put,
  putFor,
} from './commands.ts'
import { checkCommand, defaultKvLimits, type KvLimits } from './validation.ts'

/** A command was executed, and its result is an error: it changed nothing. */
export class KvResultError extends EpaxosError<KvErrorCode> {}

export interface PutOptions extends CallOptions {
  /** The key ends by itself after so many milliseconds, by the replicas' clocks. */
  readonly ttlMs?: number
}

export interface ReadOptions extends CallOptions {
  /** Answer from the state of one replica, without consensus: what comes may be old. */
  readonly stale?: boolean
}

/**
 * The key-value store as a client sees it. Every call is linearizable, unless it says `stale`, and is rejected with ClientError (`unknown`:
 * it may or may not have happened), KvCommandError (not sent: malformed or too large), or KvResultError.
 */
export interface KvClient {
  put(key: string, value: string, call?: PutOptions): Promise<void>
  /** The value, or null when the key is absent. */
  get(key: string, call?: ReadOptions): Promise<string | null>
  /** Whether the key was there. */
  del(key: string, call?: CallOptions): Promise<boolean>
  /** Sets (null: removes) the key if its value is `expected` (null: if it is absent). Whether it was. */
  cas(key: string, expected: string | null, next: string | null, call?: CallOptions): Promise<boolean>
  append(key: string, text: string, call?: CallOptions): Promise<void>
  /** The sum. */
  incr(key: string, by?: number, call?: CallOptions): Promise<number>
  /** The keys that begin with `prefix`, in order. */
  keys(prefix?: string, call?: ReadOptions): Promise<readonly string[]>
  /** Any command, its result as it came. */
  execute(command: KvCommand, call?: CallOptions): Promise<KvResult>
  /** A command that only reads, its result as it came from one replica's state, which may be old. */
  query(command: KvCommand, call?: CallOptions): Promise<KvResult>
  /** The status of the replica that this client talks to. */
  status(call?: CallOptions): Promise<unknown>
  /** Where commands go now; undefined while there is no connection. */
  readonly endpoint: string | undefined
  close(): void
}

/** The key-value store behind a client of any cluster that runs its state machine. */
export function kvClientOver(client: Client, limits: KvLimits = defaultKvLimits): KvClient {
  const ask =
    (how: 'ask' | 'look') =>
    async (command: KvCommand, call?: CallOptions): Promise<KvResult> => {
      checkCommand(command, limits)
      return (await client[how](command, call)) as KvResult
    }
  const execute = ask('ask')
  const query = ask('look')

  /** The value of a result. Its type is that of the command: both sides run the same state machine. */
  async function valueAnswered<T>(command: KvCommand, call: ReadOptions | undefined): Promise<T> {
    const result = await (call?.stale ? query : execute)(command, call)
    if (!result.ok) throw new KvResultError(result.error.code, result.error.message)
    return result.value as T
  }

  return {
    put: (key, value, call) =>
      valueAnswered(call?.ttlMs === undefined ? put(key, value) : putFor(key, value, call.ttlMs), call),
    get: (key, call) => valueAnswered(get(key), call),
    del: (key, call) => valueAnswered(del(key), call),
    cas: (key, expected, next, call) => valueAnswered(cas(key, expected, next), call),
    append: (key, text, call) => valueAnswered(append(key, text), call),
    incr: (key, by, call) => valueAnswered(incr(key, by), call),
    keys: (prefix, call) => valueAnswered(keys(prefix), call),
    execute,
    query,
    get endpoint() {
      return client.endpoint
    },
    status: call => client.status(call),
    close: () => client.close(),
  }
}
