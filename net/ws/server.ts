import { createServer, type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Clock } from '../../machines/protocol/clock.ts'
import type { ErrorCodeOf } from '../../machines/protocol/error-codes.ts'
import { EpaxosError } from '../../machines/protocol/errors.ts'
import type { NetEvent } from '../events.ts'
import type { NetLimits } from '../limits.ts'
import { serverOptions } from './socket-options.ts'
import { clientPath, peerPath, tapPath } from './url.ts'

export interface WsServerOptions {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** A descriptor of a socket that listens there already; undefined: the server listens by itself. */
  readonly fd?: number | undefined
  readonly clock: Clock
  readonly limits: NetLimits
  readonly log?: (event: NetEvent) => void
}

/** The handler of the sockets of one path. */
export interface WsRoute {
  readonly frameBytesMax: number
  readonly connectionsMax: number
  /** Checks a request before there is a WebSocket. @returns the HTTP status that refuses it; undefined to admit it */
  refuses?(request: IncomingMessage): number | undefined
  /** @param remote its origin, for the log */
  accepted(socket: WebSocket, remote: string): void
  /** The server cannot go on. */
  failed(error: Error): void
}

export type ListenErrorCode = ErrorCodeOf<'portInUse' | 'cannotListen'>

/** A replica's one HTTP server, with a path for peers and one for clients. */
export interface WsServer {
  /** Begins to listen; called once. Paths not served yet are answered 503: come back later. */
  listen(done: (error: EpaxosError<ListenErrorCode> | null) => void): void
  /** The address on which it listens, once it does. */
  address(): { readonly host: string; readonly port: number }
  /** Serves a path from here on. @returns a function that ends that */
  route(path: typeof peerPath | typeof clientPath | typeof tapPath, route: WsRoute): () => void
  /** Stops listening and ends all sockets. */
  close(done: () => void): void
}

/** Connections beyond those of clients: peers, and strangers that are about to be refused. */
const reservedConnections = 64

const help = `This is a replica of an epaxos cluster. It speaks WebSocket: clients on ${clientPath}, replicas on ${peerPath}.\n`

/** Creates the server; it does not listen yet. */
export const createWsServer = (options: WsServerOptions): WsServer => new SocketServer(options)

interface Served {
  readonly to: WsRoute
  readonly webSockets: WebSocketServer
  count: number
}

class SocketServer implements WsServer {
  readonly #options: WsServerOptions
  readonly #log: (event: NetEvent) => void
  readonly #http: Server
  readonly #routes = new Map<string, Served>()
  readonly #sockets = new Set<Socket>()
  readonly #deadlines = new WeakMap<Duplex, unknown>()
  #isListening = false

  constructor(options: WsServerOptions) {
    this.#options = options
    this.#log = options.log ?? (() => {})
    this.#http = createServer((_request, response) => {
      response.writeHead(426, { 'content-type': 'text/plain', connection: 'close', upgrade: 'websocket' }).end(help)
    })
    this.#http.maxConnections = options.limits.clientConnectionsMax + reservedConnections
    this.#http.on('connection', socket => this.#watch(socket))
    this.#http.on('clientError', (_error, socket) => answer(socket, 400))
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
  }

  listen(done: (error: EpaxosError<ListenErrorCode> | null) => void): void {
    const { host, port, fd } = this.#options
    this.#http.on('error', error => {
      if (this.#isListening) {
        this.#log({ code: 'serverFailed', error })
        for (const route of this.#routes.values()) route.to.failed(error)
      } else done(listenError(error, host, port))
    })
    this.#http.listen(fd === undefined ? { host, port } : { fd }, () => {
      this.#isListening = true
      done(null)
    })
  }

  address(): { readonly host: string; readonly port: number } {
    const { address, port } = this.#http.address() as AddressInfo
    return { host: address, port }
  }

  route(path: string, route: WsRoute): () => void {
    const webSockets = new WebSocketServer(serverOptions(route.frameBytesMax))
    webSockets.on('wsClientError', (error, socket) => {
      this.#log({ code: 'handshakeFailed', path, error })
      answer(socket, 400)
    })
    this.#routes.set(path, { to: route, webSockets, count: 0 })
    return () => this.#routes.delete(path)
  }

  close(done: () => void): void {
    if (this.#http.listening) this.#http.close(() => done())
    else queueMicrotask(done)
    for (const socket of this.#sockets) socket.destroy()
  }

  /** No timeout of HTTP closes a socket that never sends a byte. */
  #watch(socket: Socket): void {
    const { clock, limits } = this.#options
    this.#sockets.add(socket)
    const deadline = clock.setTimeout(() => socket.destroy(), limits.greetingTimeoutMs)
    this.#deadlines.set(socket, deadline)
    socket.on('close', () => {
      clock.clearTimeout(deadline)
      this.#sockets.delete(socket)
    })
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const remote = `${request.socket.remoteAddress}:${request.socket.remotePort}`
    socket.on('error', error => this.#log({ code: 'connectionFailed', remote, error }))
    const route = this.#routeOf(request, remote)
    if (typeof route === 'number') {
      answer(socket, route)
      return
    }
    route.webSockets.handleUpgrade(request, socket, head, webSocket => {
      this.#options.clock.clearTimeout(this.#deadlines.get(socket))
      route.count++
      webSocket.on('close', () => route.count--)
      route.to.accepted(webSocket, remote)
    })
  }

  /** The route of a request, or the HTTP status that refuses it. */
  #routeOf(request: IncomingMessage, remote: string): Served | number {
    const path = request.url?.split('?')[0] ?? ''
    if (path !== peerPath && path !== clientPath && path !== tapPath) return 404
    const route = this.#routes.get(path)
    if (route === undefined) return 503
    if (route.count >= route.to.connectionsMax) {
      this.#log({ code: 'tooManyConnections', remote, path, count: route.count })
      return 503
    }
    const refusal = route.to.refuses?.(request)
    if (refusal === undefined) return route
    this.#log({ code: 'connectionRefused', remote, path, status: refusal, detail: STATUS_CODES[refusal] ?? '' })
    return refusal
  }
}

/** Refuses a request before there is a WebSocket. */
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
