import { createServer, type IncomingMessage, STATUS_CODES } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { ErrorCodeOf } from '../../machines/protocol/error-codes.ts'
import { EpaxosError } from '../../machines/protocol/errors.ts'
import type { Clock } from '../clock.ts'
import type { NetEvent } from '../events.ts'
import type { NetLimits } from '../limits.ts'
import { serverOptions } from './socket-options.ts'
import { clientPath, peerPath, tapPath } from './url.ts'

export interface WsServerOptions {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly clock: Clock
  readonly limits: NetLimits
  readonly log?: (event: NetEvent) => void
}

/** Who takes the sockets of one path. */
export interface WsRoute {
  readonly frameBytesMax: number
  readonly connectionsMax: number
  /** Looks at a request before there is a WebSocket. @returns the HTTP status that refuses it; undefined to let it in */
  refuses?(request: IncomingMessage): number | undefined
  /** @param remote where it comes from, for the log */
  accepted(socket: WebSocket, remote: string): void
  /** The server cannot go on. */
  failed(error: Error): void
}

export type ListenErrorCode = ErrorCodeOf<'portInUse' | 'cannotListen'>

/** A replica's one HTTP server, with a path for peers and one for clients. */
export interface WsServer {
  /** Begins to listen; called once. Paths that nobody serves yet are answered 503: come back later. */
  listen(done: (error: EpaxosError<ListenErrorCode> | null) => void): void
  /** Where it listens, once it does. */
  address(): { readonly host: string; readonly port: number }
  /** Serves a path from here on. @returns what ends that */
  route(path: typeof peerPath | typeof clientPath | typeof tapPath, route: WsRoute): () => void
  /** Stops listening and ends what sockets there are. */
  close(done: () => void): void
}

/** Connections beyond those of clients: peers, and strangers that are about to be refused. */
const reservedConnections = 64

const help = `This is a replica of an epaxos cluster. It speaks WebSocket: clients on ${clientPath}, replicas on ${peerPath}.\n`

/** Creates the server; it does not listen yet. */
export function createWsServer(options: WsServerOptions): WsServer {
  const { host, port, clock, limits } = options
  const log = options.log ?? (() => {})
  const routes = new Map<string, { readonly to: WsRoute; readonly webSockets: WebSocketServer; count: number }>()
  const sockets = new Set<Socket>()
  const deadlines = new WeakMap<Duplex, unknown>()
  let listening = false

  const http = createServer((_request, response) => {
    response.writeHead(426, { 'content-type': 'text/plain', connection: 'close', upgrade: 'websocket' }).end(help)
  })
  http.maxConnections = limits.clientConnectionsMax + reservedConnections

  // No timeout of HTTP closes a socket that never sends a byte.
  http.on('connection', socket => {
    sockets.add(socket)
    const deadline = clock.setTimeout(() => socket.destroy(), limits.greetingTimeoutMs)
    deadlines.set(socket, deadline)
    socket.on('close', () => {
      clock.clearTimeout(deadline)
      sockets.delete(socket)
    })
  })
  http.on('clientError', (_error, socket) => answer(socket, 400))
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const remote = `${request.socket.remoteAddress}:${request.socket.remotePort}`
    socket.on('error', error => log({ code: 'connectionFailed', remote, error }))
    const path = request.url?.split('?')[0] ?? ''
    if (path !== peerPath && path !== clientPath && path !== tapPath) return answer(socket, 404)
    const route = routes.get(path)
    if (route === undefined) return answer(socket, 503)
    if (route.count >= route.to.connectionsMax) {
      log({ code: 'tooManyConnections', remote, path, count: route.count })
      return answer(socket, 503)
    }
    const refusal = route.to.refuses?.(request)
    if (refusal !== undefined) {
      log({ code: 'connectionRefused', remote, path, status: refusal, detail: STATUS_CODES[refusal] ?? '' })
      return answer(socket, refusal)
    }
    route.webSockets.handleUpgrade(request, socket, head, webSocket => {
      clock.clearTimeout(deadlines.get(socket))
      route.count++
      webSocket.on('close', () => route.count--)
      route.to.accepted(webSocket, remote)
    })
  })

  return {
    listen(done) {
      http.on('error', error => {
        if (listening) {
          log({ code: 'serverFailed', error })
          for (const route of routes.values()) route.to.failed(error)
        } else done(listenError(error, host, port))
      })
      http.listen(port, host, () => {
        listening = true
        done(null)
      })
    },
    address() {
      const { address, port } = http.address() as AddressInfo
      return { host: address, port }
    },
    route(path, route) {
      const webSockets = new WebSocketServer(serverOptions(route.frameBytesMax))
      webSockets.on('wsClientError', (error, socket) => {
        log({ code: 'handshakeFailed', path, error })
        answer(socket, 400)
      })
      routes.set(path, { to: route, webSockets, count: 0 })
      return () => routes.delete(path)
    },
    close(done) {
      if (http.listening) http.close(() => done())
      else queueMicrotask(done)
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Refuses before there is a WebSocket. */
function answer(socket: Duplex, status: number): void {
  if (!socket.writable) return
  const text = status === 503 ? 'not ready, or too many connections\n' : help
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-type: text/plain\r\n` +
      `content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  )
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): EpaxosError<ListenErrorCode> {
  return error.code === 'EADDRINUSE'
    ? new EpaxosError('portInUse', `${host}:${port} is in use: another process listens there`, { cause: error })
    : new EpaxosError('cannotListen', `cannot listen on ${host}:${port}: ${error.message}`, { cause: error })
}
