import type { Clock, Random } from '../../machines/protocol/clock.ts'
import type { ClientConnector } from '../../net/clients.ts'
import { attempt, type Codec, CodecError } from '../../net/codec.ts'
import { clientLimitsOf } from './check-limits.ts'
import type { ClientLimits } from './limits.ts'
import type { Request } from './request.ts'
import { Requests } from './requests.ts'

export interface ClientOptions extends Partial<ClientLimits> {
  /** Replicas in the order of preference, for example `ws://127.0.0.1:7101`. When one fails, the next is tried. */
  readonly endpoints: readonly string[]
  readonly connector: ClientConnector
  readonly clock: Clock
  readonly random: Random
  readonly codec: Pick<Codec, 'encodeBriefly' | 'decodeData' | 'decodePieces'>
  /**
   * Without a session a command is sent once, and `unknown` when its answer does not come. With one (the default) it is
   * sent again, to any replica, until it is answered or its time is over, and applied once.
   */
  readonly sessions?: boolean
  /** Runs a callback at the end of the turn, so that the requests of one turn leave as one frame. */
  readonly defer?: (callback: () => void) => void
}

export interface CallOptions {
  readonly timeoutMs?: number
}

/**
 * A client of a cluster. It reconnects, changes to another replica and retries by itself until a command's time is
 * over. A command is applied once; `unknown` says that its outcome is not known.
 */
export interface Client {
  /**
   * Proposes a command, in the state machine's encoding, and returns its result after execution.
   * @throws ClientError
   */
  execute(payload: Uint8Array, options?: CallOptions): Promise<Uint8Array>
  /**
   * Answers a command that only reads, in the state machine's encoding, from the state of the replica that this client
   * talks to: at once and without consensus, so it may be older than results acknowledged before.
   * @throws ClientError `notReadOnly` for a command that writes
   */
  query(payload: Uint8Array, options?: CallOptions): Promise<Uint8Array>
  /**
   * `execute` and `query` with the command and the result as plain data, in the library's encoding, as the state
   * machine of a `Replica` takes and returns them.
   * @throws ClientError, CodecError for a command or result that is no plain data
   */
  ask(command: unknown, options?: CallOptions): Promise<unknown>
  look(command: unknown, options?: CallOptions): Promise<unknown>
  /**
   * The status of the replica that this client talks to.
   * @throws ClientError
   */
  status(options?: CallOptions): Promise<unknown>
  /** The replica to which commands go now; undefined while there is no connection. */
  readonly endpoint: string | undefined
  /** Ends the connections. Requests that were sent are rejected as `unknown`, others as `closed`. */
  close(): void
}

const noBytes = new Uint8Array(0)
const decoder = new TextDecoder()

/** @throws RangeError without an endpoint, LimitsError for a limit that is none */
export function createClient(options: ClientOptions): Client {
  const { endpoints, codec, sessions = true, defer = queueMicrotask } = options
  const limits = clientLimitsOf(options)
  if (endpoints.length === 0) throw new RangeError('a client needs at least one endpoint')
  const requests = new Requests({ ...options, sessions, defer }, limits)

  const ask = (kind: Request['kind'], payload: Uint8Array, isData: boolean, call?: CallOptions): Promise<unknown> =>
    requests.ask(kind, payload, isData, call?.timeoutMs ?? limits.timeoutMs)
  const askData = (kind: Request['kind'], command: unknown, call?: CallOptions): Promise<unknown> => {
    // The payload is copied into a frame soon, and sent again from there at most for as long as the call may take.
    const payload = attempt(() => codec.encodeBriefly(command))
    return payload instanceof CodecError ? Promise.reject(payload) : ask(kind, payload, true, call)
  }

  requests.start()
  return {
    execute: (payload, call) => ask('execute', payload, false, call) as Promise<Uint8Array>,
    query: (payload, call) => ask('query', payload, false, call) as Promise<Uint8Array>,
    ask: (command, call) => askData('execute', command, call),
    look: (command, call) => askData('query', command, call),
    get endpoint() {
      return requests.endpoint
    },
    status: async call => JSON.parse(decoder.decode((await ask('status', noBytes, false, call)) as Uint8Array)),
    close: () => requests.close(),
  }
}
