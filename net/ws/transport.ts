import type { Clock, Random } from '../../machines/protocol/clock.ts'
import { EpaxosError } from '../../machines/protocol/errors.ts'
import type { ReplicaId } from '../../machines/protocol/membership.ts'
import type { Message } from '../../machines/protocol/messages.ts'
import type { Codec } from '../codec.ts'
import type { NetEvent } from '../events.ts'
import type { NetLimits } from '../limits.ts'
import type { Greeting, Transport, TransportEvents } from '../transport.ts'
import { Acceptor } from './acceptor.ts'
import { type Counters, createCounters } from './counters.ts'
import { Dialler } from './dialler.ts'
import { createHandshakeFrames, type HandshakeFrames, type HandshakeOptions } from './handshake.ts'
import type { WsServer } from './server.ts'
import { splitFrames } from './split-frames.ts'
import { endpointUrl, peerPath } from './url.ts'

export interface WsTransportOptions {
  /** The server on which peers reach this replica. Its owner must make it listen; the transport does not. */
  readonly server: WsServer
  /** All members, this one included, and their endpoints: `ws://127.0.0.1:7101`. */
  readonly members: ReadonlyMap<ReplicaId, string>
  readonly codec: Codec
  readonly clock: Clock
  readonly random: Random
  readonly limits: NetLimits
  /** Bytes of a frame with one message that other limits have taken in: those of one frame if it is left out. */
  readonly largestFrameBytes?: number
  /** The secret that all members share: without a proof that it knows it nobody is a peer. */
  readonly secret?: string | Uint8Array | undefined
  readonly log?: (event: NetEvent) => void
}

export interface WsTransport extends Transport {
  readonly counters: Readonly<Counters>
}

/** Peers that are just being greeted, and older connections that are just being replaced, come on top of members. */
const connectionsPerMember = 4

/**
 * Replicas over WebSockets: each dials every other one and sends on the connection that it dialled; it receives on the
 * connections that others dialled. Frames may arrive from a peer before the link to it is up, and after.
 * @throws EpaxosError `badEndpoint`
 */
export const createWsTransport = (options: WsTransportOptions): WsTransport => new SocketTransport(options)

class SocketTransport implements WsTransport {
  readonly counters: Counters = createCounters()
  readonly #options: WsTransportOptions
  readonly #log: (event: NetEvent) => void
  readonly #urls: ReadonlyMap<ReplicaId, string>
  readonly #frames: HandshakeFrames
  readonly #diallers = new Map<ReplicaId, Dialler>()
  #acceptor: Acceptor | undefined
  #unroute = (): void => {}

  constructor(options: WsTransportOptions) {
    this.#options = options
    this.#log = options.log ?? (() => {})
    this.#urls = new Map([...options.members].map(([id, endpoint]) => [id, endpointUrl(endpoint, peerPath)]))
    this.#frames = createHandshakeFrames(options.limits)
  }

  start(greeting: Greeting, events: TransportEvents): void {
    const { member: me, members } = greeting
    const unknown = members.find(id => !this.#urls.has(id))
    if (unknown !== undefined) throw new EpaxosError('unknownMember', `no endpoint is given for member ${unknown}`)
    this.#accept(greeting, events)
    for (const peer of members) if (peer !== me) this.#diallers.set(peer, this.#dial(peer, greeting, events))
  }

  send(to: ReplicaId, messages: readonly Message[]): void {
    const { codec, limits } = this.#options
    const dialler = this.#diallers.get(to)
    if (dialler === undefined || !dialler.isUp) {
      this.counters.framesDropped++
      return
    }
    const { frameMessagesMax, frameBytesMax } = limits
    for (const frame of splitFrames(codec.encodeMessages, messages, frameMessagesMax, frameBytesMax, this.#largest)) {
      if (frame === undefined) this.#log({ code: 'messageTooLarge', peer: to, frameBytesMax: this.#largest })
      if (frame === undefined || !dialler.send(frame)) {
        this.counters.framesDropped++
        continue
      }
      this.counters.framesSent++
      this.counters.bytesSent += frame.length
    }
  }

  hasRoom(to: ReplicaId): boolean {
    return this.#diallers.get(to)?.hasRoom ?? true
  }

  stop(done: () => void): void {
    this.#unroute()
    let left = this.#diallers.size + 1
    const ended = (): void => {
      if (--left === 0) done()
    }
    for (const dialler of this.#diallers.values()) dialler.stop(ended)
    if (this.#acceptor === undefined) queueMicrotask(ended)
    else this.#acceptor.stop(ended)
  }

  #accept(greeting: Greeting, events: TransportEvents): void {
    const { server, codec, clock, limits } = this.#options
    const acceptor = new Acceptor(
      { ...this.#handshake(greeting), codec, clock, limits, log: this.#log },
      {
        greeted: (greeted, decide) => events.greeted(greeted, decide),
        admitted: peer => this.#diallers.get(peer)?.dialNow(),
        frame: (peer, messages, bytes) => {
          this.counters.framesReceived++
          this.counters.bytesReceived += bytes
          if (messages.length > 0) events.frame(peer, messages)
        },
        receiving: peer => events.receiving?.(peer),
        rejected: () => this.counters.connectionsRejected++,
      },
    )
    this.#acceptor = acceptor
    this.#unroute = server.route(peerPath, {
      frameBytesMax: this.#largest,
      connectionsMax: connectionsPerMember * limits.membersMax,
      accepted: (socket, remote) => acceptor.accept(socket, remote),
      failed: error => events.failed(error),
    })
  }

  /** Bytes of the largest frame that is taken, and said: a single message that other limits have taken in. */
  get #largest(): number {
    const { limits, largestFrameBytes = limits.frameBytesMax } = this.#options
    return largestFrameBytes
  }

  #handshake(greeting: Greeting): HandshakeOptions {
    return { greeting, frames: this.#frames, secret: this.#options.secret }
  }

  #dial(peer: ReplicaId, greeting: Greeting, events: TransportEvents): Dialler {
    const { clock, random, limits } = this.#options
    return new Dialler(
      { peer, url: this.#urls.get(peer)!, ...this.#handshake(greeting), clock, random, limits },
      {
        greeted: (greeted, decide) => events.greeted(greeted, decide),
        up: () => {
          this.#log({ code: 'linkUp', peer })
          events.linkUp(peer)
        },
        down: (reason, detail) => {
          this.#log({ code: 'linkDown', peer, reason, detail })
          events.linkDown(peer, reason, detail)
        },
      },
    )
  }
}
