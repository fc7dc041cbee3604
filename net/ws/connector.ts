import type { WebSocket } from 'ws'
import { type ClientAnswer, type ClientMessage, isRequest } from '../../machines/protocol/client-messages.ts'
import type { ClientConnector, ConnectionEnd, ServerConnection, ServerConnectionEvents } from '../clients.ts'
import type { Clock } from '../clock.ts'
import { attempt, type Codec, CodecError } from '../codec.ts'
import type { NetLimits } from '../limits.ts'
import { closeCodes, isRefusal } from './close-codes.ts'
import { type Connection, createConnection, type Ending } from './connection.ts'
import { dial } from './dial.ts'
import { splitFrames } from './split-frames.ts'
import { clientPath, endpointUrl } from './url.ts'
import { versionRefusal } from './version-refusal.ts'
import { versionOfWelcome } from './welcome.ts'

export interface WsConnectorOptions {
  readonly codec: Codec
  readonly clock: Clock
  readonly limits: NetLimits
}

const isAnswer = (message: ClientMessage): message is ClientAnswer => !isRequest(message)

/** Reaches replicas over WebSockets. `connect` throws EpaxosError `badEndpoint` for what is no ws:// or wss:// URL. */
export function createWsConnector(options: WsConnectorOptions): ClientConnector {
  return { connect: (endpoint, events) => connect(endpointUrl(endpoint, clientPath), options, events) }
}

function connect(url: string, options: WsConnectorOptions, events: ServerConnectionEvents): ServerConnection {
  const { codec, clock, limits } = options
  let connection: Connection | undefined
  let welcomed = false
  let closed = false
  let deadline: unknown

  const giveUp = dial(url, limits.clientFrameBytesMax, clock, limits.connectTimeoutMs, {
    opened,
    failed: failure => end(failure.kind === 'stranger' ? 'rejected' : 'unreachable', failure.reason),
  })

  function opened(socket: WebSocket): void {
    const { pingIntervalMs, clientQueueBytesMax: queueBytesMax } = limits
    connection = createConnection(socket, { clock, pingIntervalMs, queueBytesMax }, { frame, ended })
    deadline = clock.setTimeout(() => {
      connection?.close(closeCodes.tooSlow, `${url} did not say welcome for ${limits.greetingTimeoutMs} ms`)
    }, limits.greetingTimeoutMs)
  }

  function frame(bytes: Uint8Array): void {
    const version = welcomed ? undefined : versionOfWelcome(bytes)
    const refusal = version && versionRefusal(version)
    if (refusal === undefined) read(bytes)
    else connection?.close(closeCodes.refused, refusal)
  }

  function read(bytes: Uint8Array): void {
    const messages = attempt(() => codec.decodeClientMessages(bytes))
    if (messages instanceof CodecError) reject(messages.message)
    else if (!messages.every(isAnswer)) reject('a replica sends answers only')
    else if (!welcomed) welcome(messages)
    else if (messages.length > 0) events.answers(messages)
  }

  /** The welcome is the first of all. */
  function welcome([first, ...rest]: readonly ClientAnswer[]): void {
    if (first?.type !== 'welcome') reject(`a welcome is expected first, found ${first?.type ?? 'nothing'}`)
    else {
      clock.clearTimeout(deadline)
      welcomed = true
      events.open(first)
      if (rest.length > 0) events.answers(rest)
    }
  }

  function reject(reason: string): void {
    connection?.close(closeCodes.malformed, reason)
  }

  function ended(ending: Ending): void {
    clock.clearTimeout(deadline)
    if (welcomed) end('lost', ending.reason)
    else end(ending.by !== 'lost' && isRefusal(ending.code) ? 'rejected' : 'unreachable', ending.reason)
  }

  function end(code: ConnectionEnd['code'], reason: string): void {
    events.ended(closed ? { code: 'closed', reason: 'closed by this client' } : { code, reason })
  }

  return {
    send(requests) {
      for (const bytes of splitFrames(
        codec.encodeClientMessages,
        requests,
        limits.frameMessagesMax,
        limits.clientFrameBytesMax,
      )) {
        if (bytes === undefined) throw new CodecError(`a request fits into no frame of ${limits.clientFrameBytesMax}`)
        // Neither sent nor refused would be the worst of answers: the connection ends, and the fate is unknown.
        if (connection?.send(bytes) !== true) connection?.abort('the replica does not read its requests')
      }
    },
    close() {
      closed = true
      if (connection === undefined) giveUp()
      else connection.close(closeCodes.goingAway, 'closed by this client')
    },
  }
}
