import type { WebSocket } from 'ws'
import { isRequest } from '../../machines/protocol/client-messages.ts'
import type { ClientListener, ClientPeer, ClientPeerEvents } from '../clients.ts'
import type { Clock } from '../clock.ts'
import { attempt, type Codec, CodecError } from '../codec.ts'
import type { NetEvent } from '../events.ts'
import type { NetLimits } from '../limits.ts'
import { closeCodes } from './close-codes.ts'
import { type Connection, createConnection } from './connection.ts'
import { type Counters, createCounters } from './counters.ts'
import type { WsServer } from './server.ts'
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
export function createWsClientListener(options: WsClientListenerOptions): WsClientListener {
  const { server, codec, clock, limits } = options
  const log = options.log ?? (() => {})
  const counters = createCounters()
  const open = new Set<Connection>()
  let unroute = (): void => {}
  let stopped: (() => void) | undefined

  function accept(socket: WebSocket, remote: string, connected: (client: ClientPeer) => ClientPeerEvents): void {
    const { pingIntervalMs, clientQueueBytesMax: queueBytesMax } = limits
    const connection = createConnection(
      socket,
      { clock, pingIntervalMs, queueBytesMax },
      {
        frame(bytes) {
          const messages = attempt(() => codec.decodeClientMessages(bytes))
          counters.framesReceived++
          counters.bytesReceived += bytes.length
          if (messages instanceof CodecError) reject(messages.message)
          else if (!messages.every(isRequest)) reject('a client sends requests only')
          else if (messages.length > 0) events.requests(messages)
        },
        ended(ending) {
          open.delete(connection)
          events.closed(ending.reason)
          if (stopped !== undefined && open.size === 0) stopped()
        },
      },
    )
    open.add(connection)
    const events = connected({
      send(answers) {
        for (const frame of splitFrames(
          codec.encodeClientMessages,
          answers,
          limits.frameMessagesMax,
          limits.clientFrameBytesMax,
        )) {
          if (frame === undefined) {
            // The client would wait for ever for an answer that cannot be sent.
            connection.close(closeCodes.malformed, 'an answer fits into no frame')
            return
          }
          if (!connection.send(frame)) {
            counters.framesDropped++
            log({ code: 'clientTooSlow', remote, queueBytesMax })
            connection.abort('the client does not read its answers')
            return
          }
          counters.framesSent++
          counters.bytesSent += frame.length
        }
      },
      close: reason => connection.close(closeCodes.goingAway, reason),
    })

    function reject(reason: string): void {
      counters.connectionsRejected++
      log({ code: 'clientRejected', remote, detail: reason })
      connection.close(closeCodes.malformed, reason)
    }
  }

  return {
    counters,
    start(connected) {
      unroute = server.route(clientPath, {
        frameBytesMax: limits.clientFrameBytesMax,
        connectionsMax: limits.clientConnectionsMax,
        accepted: (socket, remote) => accept(socket, remote, connected),
        failed: error => log({ code: 'clientsNotAccepted', error }),
      })
    },
    stop(done) {
      unroute()
      stopped = done
      for (const connection of open) connection.close(closeCodes.goingAway, 'this replica stops')
      if (open.size === 0) queueMicrotask(done)
    },
  }
}
