import type { WebSocket } from 'ws'
import {
  type ClientAnswer,
  type ClientMessage,
  type ClientRequest,
  isRequest,
} from '../../machines/protocol/client-messages.ts'
import type { Clock } from '../../machines/protocol/clock.ts'
import type {
  ClientConnector,
  ConnectionEnd,
  ServerConnection,
  ServerConnectionEvents,
  ServerFlow,
} from '../clients.ts'
import { attempt, type Codec, CodecError } from '../codec.ts'
import type { NetLimits } from '../limits.ts'
import { closeCodes, isRefusal } from './close-codes.ts'
import { type Connection, createConnection, type Ending } from './connection.ts'
import { dial } from './dial.ts'
import { silentIntervals } from './socket-options.ts'
import { splitFrames } from './split-frames.ts'
import { clientPath, endpointUrl, operatorQuery } from './url.ts'
import { versionRefusal } from './version-refusal.ts'
import { versionOfWelcome } from './welcome.ts'

export interface WsConnectorOptions {
  readonly codec: Codec
  readonly clock: Clock
  readonly limits: NetLimits
  /** Asks for a place of those that are kept for the operator, if there is no other: to see the status, take a backup. */
  readonly isOperator?: boolean
}

const isAnswer = (message: ClientMessage): message is ClientAnswer => !isRequest(message)

/**
 * Connects clients to replicas over WebSockets. `connect` throws EpaxosError `badEndpoint` if the endpoint is no ws://
 * or wss:// URL.
 */
export function createWsConnector(options: WsConnectorOptions): ClientConnector {
  return { connect: (endpoint, events) => new Replica(urlAt(endpoint, options), options, events) }
}

const urlAt = (endpoint: string, { isOperator = false }: WsConnectorOptions): string =>
  endpointUrl(endpoint, clientPath) + (isOperator ? operatorQuery : '')

/** One replica as a client reaches it: dialled, welcomed, and then asked. */
class Replica implements ServerConnection {
  readonly #url: string
  readonly #options: WsConnectorOptions
  readonly #events: ServerConnectionEvents
  readonly #giveUp: () => void
  #connection: Connection | undefined
  #isWelcomed = false
  #isClosed = false
  #deadline: unknown

  constructor(url: string, options: WsConnectorOptions, events: ServerConnectionEvents) {
    this.#url = url
    this.#options = options
    this.#events = events
    const { clock, limits } = options
    this.#giveUp = dial(url, limits.clientFrameBytesMax, clock, limits.connectTimeoutMs, {
      opened: socket => this.#opened(socket),
      failed: failure => this.#end(failure.kind === 'stranger' ? 'rejected' : 'unreachable', failure.reason),
    })
  }

  get flow(): ServerFlow | undefined {
    return this.#connection
  }

  send(requests: readonly ClientRequest[]): void {
    const { codec, limits } = this.#options
    for (const bytes of splitFrames(
      codec.encodeClientMessages,
      requests,
      limits.frameMessagesMax,
      limits.clientFrameBytesMax,
    )) {
      if (bytes === undefined) throw new CodecError(`a request fits into no frame of ${limits.clientFrameBytesMax}`)
      // A request must not be neither sent nor refused, so the connection ends, and the outcome is unknown.
      if (this.#connection?.send(bytes) !== true) this.#connection?.abort('the replica does not read its requests')
    }
  }

  close(): void {
    this.#isClosed = true
    if (this.#connection === undefined) this.#giveUp()
    else this.#connection.close(closeCodes.goingAway, 'closed by this client')
  }

  #opened(socket: WebSocket): void {
    const { clock, limits } = this.#options
    const { pingIntervalMs, clientQueueBytesMax: queueBytesMax, clientRoomBytes: roomBytes } = limits
    this.#connection = createConnection(
      socket,
      { clock, side: 'client', pingIntervalMs, queueBytesMax, roomBytes, silentIntervals },
      {
        frame: bytes => this.#frame(bytes),
        drained: () => this.#events.drained?.(),
        ended: ending => this.#ended(ending),
      },
    )
    this.#deadline = clock.setTimeout(() => {
      const reason = `${this.#url} did not say welcome for ${limits.greetingTimeoutMs} ms`
      this.#connection?.close(closeCodes.tooSlow, reason)
    }, limits.greetingTimeoutMs)
  }

  #frame(bytes: Uint8Array): void {
    const version = this.#isWelcomed ? undefined : versionOfWelcome(bytes)
    const refusal = version && versionRefusal(version)
    if (refusal === undefined) this.#read(bytes)
    else this.#connection?.close(closeCodes.refused, refusal)
  }

  #read(bytes: Uint8Array): void {
    const messages = attempt(() => this.#options.codec.decodeClientMessages(bytes))
    if (messages instanceof CodecError) this.#reject(messages.message)
    else if (!messages.every(isAnswer)) this.#reject('a replica sends answers only')
    else if (!this.#isWelcomed) this.#welcome(messages)
    else if (messages.length > 0) this.#events.answers(messages)
  }

  /** Takes the welcome, the first message of a connection. */
  #welcome([first, ...rest]: readonly ClientAnswer[]): void {
    if (first?.type !== 'welcome') this.#reject(`a welcome is expected first, found ${first?.type ?? 'nothing'}`)
    else {
      this.#options.clock.clearTimeout(this.#deadline)
      this.#isWelcomed = true
      this.#events.open(first)
      if (rest.length > 0) this.#events.answers(rest)
    }
  }

  #reject(reason: string): void {
    this.#connection?.close(closeCodes.malformed, reason)
  }

  #ended(ending: Ending): void {
    this.#options.clock.clearTimeout(this.#deadline)
    if (this.#isWelcomed) this.#end('lost', ending.reason)
    else this.#end(ending.by !== 'lost' && isRefusal(ending.code) ? 'rejected' : 'unreachable', ending.reason)
  }

  #end(code: ConnectionEnd['code'], reason: string): void {
    this.#events.ended(this.#isClosed ? { code: 'closed', reason: 'closed by this client' } : { code, reason })
  }
}
