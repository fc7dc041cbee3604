import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Clock } from '../../machines/protocol/clock.ts'
import type { ErrorCodeOf } from '../../machines/protocol/error-codes.ts'
import { EpaxosError } from '../../machines/protocol/errors.ts'
import type { NetEvent } from '../events.ts'
import type { NetLimits } from '../limits.ts'
import { Access, type AccessOptions, type Refusal } from './access.ts'
import { createGuardedServer, pathOf, refuseUpgrade } from './guarded-server.ts'
import { type Place, Places, type PlacesMax } from './places.ts'
import { serverOptions } from './socket-options.ts'
import { clientPath, operatorQuery, peerPath, tapPath } from './url.ts'

export interface WsServerOptions {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** Names of the server beside `host`, and pages that may connect. */
  readonly access?: AccessOptions | undefined
  /** A descriptor of a socket that listens there already; undefined: the server listens by itself. */
  readonly fd?: number | undefined
  readonly clock: Clock
  readonly limits: NetLimits
  readonly log?: (event: NetEvent) => void
}

/** The handler of the sockets of one path. */
export interface WsRoute extends PlacesMax {
  readonly frameBytesMax: number
  /** Checks a request before there is a WebSocket. @returns the HTTP status that refuses it; undefined to admit it */
  refuses?(request: IncomingMessage): number | undefined
  /**
   * @param remote its origin, for the log
   * @param place `operator` when it was admitted although everything is full
   */
  accepted(socket: WebSocket, remote: string, place: Place): void
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
  readonly places: Places
}

/** What a request was admitted to. */
interface Admitted {
  readonly route: Served
  readonly place: Place
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
    const { host, access } = options
    this.#http = createGuardedServer({
      access: new Access({ ...access, hosts: [host, ...(access?.hosts ?? [])] }),
      request: (_request, response) => {
        response.writeHead(426, { 'content-type': 'text/plain', connection: 'close', upgrade: 'websocket' }).end(help)
      },
      upgrade: (request, socket, head) => this.#upgrade(request, socket, head),
      refused: (request, refusal) => this.#refused(request, refusal),
      failed: (error, request) =>
        this.#log({ code: 'requestFailed', remote: remoteOf(request), error: asError(error) }),
    })
    const { clientConnectionsMax, operatorConnectionsMax } = options.limits
    this.#http.maxConnections = clientConnectionsMax + operatorConnectionsMax + reservedConnections
    this.#http.on('connection', socket => this.#watch(socket))
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
      refuseUpgrade(socket, { status: 400, detail: 'this is no handshake of WebSocket' })
    })
    this.#routes.set(path, { to: route, webSockets, places: new Places(route) })
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
    const remote = remoteOf(request)
    socket.on('error', error => this.#log({ code: 'connectionFailed', remote, error }))
    const found = this.#routeOf(request, remote)
    if ('status' in found) {
      refuseUpgrade(socket, found)
      return
    }
    const { route, place } = found
    const address = request.socket.remoteAddress ?? ''
    route.webSockets.handleUpgrade(request, socket, head, webSocket => {
      this.#options.clock.clearTimeout(this.#deadlines.get(socket))
      route.places.take(address, place)
      webSocket.on('close', () => route.places.leave(address, place))
      route.to.accepted(webSocket, remote, place)
    })
  }

  /** The route of a request, or its refusal. */
  #routeOf(request: IncomingMessage, remote: string): Admitted | Refusal {
    const path = pathOf(request)
    if (path === undefined) return { status: 400, detail: 'the target of this request is no path' }
    if (path !== peerPath && path !== clientPath && path !== tapPath) return { status: 404, detail: help.trim() }
    const route = this.#routes.get(path)
    const busy: Refusal = { status: 503, detail: 'not ready, or too many connections' }
    if (route === undefined) return busy
    const place = route.places.next(request.socket.remoteAddress ?? '', request.url?.endsWith(operatorQuery) === true)
    if (place === undefined) {
      this.#log({ code: 'tooManyConnections', remote, path, count: route.places.count })
      return busy
    }
    const status = route.to.refuses?.(request)
    if (status === undefined) return { route, place }
    const refusal = { status, detail: STATUS_CODES[status] ?? '' }
    this.#refused(request, refusal)
    return refusal
  }

  #refused(request: IncomingMessage, { status, detail }: Refusal): void {
    const path = pathOf(request) ?? ''
    this.#log({ code: 'connectionRefused', remote: remoteOf(request), path, status, detail })
  }
}

const remoteOf = ({ socket }: IncomingMessage): string => `${socket.remoteAddress}:${socket.remotePort}`

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))

function listenError(error: NodeJS.ErrnoException, host: string, port: number): EpaxosError<ListenErrorCode> {
  return error.code === 'EADDRINUSE'
    ? new EpaxosError('portInUse', `${host}:${port} is in use: another process listens there`, { cause: error })
    : new EpaxosError('cannotListen', `cannot listen on ${host}:${port}: ${error.message}`, { cause: error })
}
