import type { WebSocket } from 'ws'
import { type ClientAnswer, isAnswerable, isRequest } from '../../machines/protocol/client-messages.ts'
import type { Clock } from '../../machines/protocol/clock.ts'
import type { ClientListener, ClientPeer, ClientPeerEvents } from '../clients.ts'
import { attempt, type Codec, CodecError } from '../codec.ts'
import type { NetEvent } from '../events.ts'
import type { NetLimits } from '../limits.ts'
import { closeCodes } from './close-codes.ts'
import { type Connection, createConnection } from './connection.ts'
import { type Counters, createCounters } from './counters.ts'
import type { WsServer } from './server.ts'
import { silentIntervals } from './socket-options.ts'
import { splitFrames } from './split-frames.ts'
import { clientPath } from './url.ts'

export interface WsClientListenerOptions {
  readonly server: WsServer
  readonly codec: Codec
  readonly clock: Clock
  readonly limits: NetLimits
  readonly log?: (event: NetEvent) => void
}

export interface WsClientListener extends ClientListener {
  readonly counters: Readonly<Counters>
}

/** Clients over WebSockets, on one path of the replica's server. */
export const createWsClientListener = (options: WsClientListenerOptions): WsClientListener =>
  new SocketClientListener(options)

/** An operator that was let in although everything is full has so long for its next request. */
const operatorIdleMs = 60_000

class SocketClientListener implements WsClientListener {
  readonly counters: Counters = createCounters()
  readonly #options: WsClientListenerOptions
  readonly #log: (event: NetEvent) => void
  readonly #open = new Set<Connection>()
  #unroute = (): void => {}
  #stopped: (() => void) | undefined

  constructor(options: WsClientListenerOptions) {
    this.#options = options
    this.#log = options.log ?? (() => {})
  }

  start(connected: (client: ClientPeer) => ClientPeerEvents): void {
    const { server, limits } = this.#options
    this.#unroute = server.route(clientPath, {
      frameBytesMax: limits.clientFrameBytesMax,
      connectionsMax: limits.clientConnectionsMax,
      connectionsPerAddressMax: limits.clientConnectionsPerAddressMax,
      operatorConnectionsMax: limits.operatorConnectionsMax,
      accepted: (socket, remote, place) => this.#accept(socket, remote, place === 'operator', connected),
      failed: error => this.#log({ code: 'clientsNotAccepted', error }),
    })
  }

  stop(done: () => void): void {
    this.#unroute()
    this.#stopped = done
    for (const connection of this.#open) connection.close(closeCodes.goingAway, 'this replica stops')
    if (this.#open.size === 0) queueMicrotask(done)
  }

  #accept(
    socket: WebSocket,
    remote: string,
    isOperator: boolean,
    connected: (client: ClientPeer) => ClientPeerEvents,
  ): void {
    const { clock, limits } = this.#options
    const { pingIntervalMs, clientQueueBytesMax: queueBytesMax, clientRoomBytes: roomBytes } = limits
    const connection: Connection = createConnection(
      socket,
      {
        clock,
        side: 'server',
        pingIntervalMs,
        queueBytesMax,
        roomBytes,
        stallMs: limits.clientStallMs,
        silentIntervals,
      },
      {
        frame: bytes => {
          if (isOperator) watchIdle()
          this.#frame(connection, remote, bytes, events)
        },
        drained: () => events.drained?.(),
        ended: ending => {
          clock.clearTimeout(idle)
          this.#open.delete(connection)
          events.closed(ending.reason)
          if (this.#stopped !== undefined && this.#open.size === 0) this.#stopped()
        },
      },
    )
    let idle: unknown
    const watchIdle = (): void => {
      clock.clearTimeout(idle)
      const end = () => connection.close(closeCodes.goingAway, 'places for the operator are not for idling')
      idle = clock.setTimeout(end, operatorIdleMs)
    }
    if (isOperator) watchIdle()
    this.#open.add(connection)
    const events = connected({
      send: answers => this.#send(connection, remote, answers),
      flow: connection,
      isOperator,
      close: reason => connection.close(closeCodes.goingAway, reason),
    })
  }

  #frame(connection: Connection, remote: string, bytes: Uint8Array, events: ClientPeerEvents): void {
    const messages = attempt(() => this.#options.codec.decodeClientMessages(bytes))
    this.counters.framesReceived++
    this.counters.bytesReceived += bytes.length
    if (messages instanceof CodecError) this.#reject(connection, remote, messages.message)
    else if (!messages.every(isRequest)) this.#reject(connection, remote, 'a client sends requests only')
    else if (!messages.every(isAnswerable)) this.#reject(connection, remote, 'requests are numbered up to 2^53 - 1')
    else if (messages.length > 0) events.requests(messages)
  }

  #send(connection: Connection, remote: string, answers: readonly ClientAnswer[]): void {
    const { codec, limits } = this.#options
    const { frameMessagesMax, clientFrameBytesMax } = limits
    const frames = attempt(() =>
      splitFrames(codec.encodeClientMessages, answers, frameMessagesMax, clientFrameBytesMax),
    )
    // The client would wait for ever for an answer that cannot be sent. Others are not affected.
    if (frames instanceof CodecError) {
      this.#reject(connection, remote, `an answer: ${frames.message}`)
      return
    }
    for (const frame of frames) {
      if (frame === undefined) {
        this.#reject(connection, remote, 'an answer fits into no frame')
        return
      }
      if (!connection.send(frame)) {
        this.counters.framesDropped++
        this.#log({ code: 'clientTooSlow', remote, queueBytesMax: limits.clientQueueBytesMax })
        connection.abort('the client does not read its answers')
        return
      }
      this.counters.framesSent++
      this.counters.bytesSent += frame.length
    }
  }

  #reject(connection: Connection, remote: string, reason: string): void {
    this.counters.connectionsRejected++
    this.#log({ code: 'clientRejected', remote, detail: reason })
    connection.close(closeCodes.malformed, reason)
  }
}
