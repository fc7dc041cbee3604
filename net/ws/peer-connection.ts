import type { WebSocket } from 'ws'
import type { Clock } from '../../machines/protocol/clock.ts'
import type { ReplicaId } from '../../machines/protocol/membership.ts'
import type { Message } from '../../machines/protocol/messages.ts'
import { attempt, type Codec, CodecError } from '../codec.ts'
import type { NetEvent } from '../events.ts'
import type { NetLimits } from '../limits.ts'
import type { Greeting } from '../transport.ts'
import { closeCodes } from './close-codes.ts'
import { type Connection, createConnection, type Ending } from './connection.ts'
import type { HelloCodec } from './hello.ts'

export interface PeerConnectionOptions {
  readonly greeting: Greeting
  readonly hellos: HelloCodec
  readonly codec: Codec
  readonly clock: Clock
  readonly limits: NetLimits
  readonly log: (event: NetEvent) => void
}

export interface PeerConnectionEvents {
  greeted(peer: ReplicaId, storeIdentity: string, decide: (refusal: Error | null) => void): void
  /** The peer is let in: it is alive, and its frames follow. */
  admitted(peer: ReplicaId): void
  /** One frame of an admitted peer, of `bytes` bytes. */
  frame(peer: ReplicaId, messages: readonly Message[], bytes: number): void
  /** Bytes of a frame of an admitted peer arrive, which has not come whole yet. */
  receiving(peer: ReplicaId): void
  /** A connection was refused, or ended for bad data. */
  rejected(): void
}

/** The interface of a connection to the others of the same member. */
export interface AmongOthers {
  /** Called when it greeted as this member: an older connection of the member ends. */
  takesPlace(member: ReplicaId): void
  isLatest(member: ReplicaId): boolean
  ended(member: ReplicaId | undefined): void
}

/** One connection that a peer dialled: it is greeted and decided upon, and then only receives. */
export class PeerConnection {
  readonly #options: PeerConnectionOptions
  readonly #events: PeerConnectionEvents
  readonly #others: AmongOthers
  readonly #remote: string
  readonly #connection: Connection
  readonly #deadline: unknown
  #peer: ReplicaId | undefined
  #isAdmitted = false

  constructor(
    socket: WebSocket,
    remote: string,
    options: PeerConnectionOptions,
    events: PeerConnectionEvents,
    others: AmongOthers,
  ) {
    this.#options = options
    this.#events = events
    this.#others = others
    this.#remote = remote
    const { clock, limits } = options
    const { pingIntervalMs, linkQueueBytesMax: queueBytesMax } = limits
    this.#connection = createConnection(
      socket,
      { clock, pingIntervalMs, queueBytesMax },
      {
        frame: bytes => this.#frame(bytes),
        receiving: () => {
          if (this.#isAdmitted && this.#peer !== undefined) events.receiving(this.#peer)
        },
        ended: ending => this.#ended(ending),
      },
    )
    this.#deadline = clock.setTimeout(
      () => this.#reject(closeCodes.tooSlow, `no greeting for ${limits.greetingTimeoutMs} ms`),
      limits.greetingTimeoutMs,
    )
  }

  replaced(member: ReplicaId): void {
    this.#connection.close(closeCodes.replaced, `a newer connection of member ${member} takes its place`)
  }

  goAway(): void {
    this.#connection.close(closeCodes.goingAway, 'this replica stops')
  }

  #frame(bytes: Uint8Array): void {
    if (this.#peer === undefined) this.#greet(bytes)
    else if (this.#isAdmitted) this.#receive(this.#peer, bytes)
    else this.#reject(closeCodes.malformed, 'nothing may be sent before the greeting is answered')
  }

  #greet(bytes: Uint8Array): void {
    const { clock, hellos, greeting } = this.#options
    clock.clearTimeout(this.#deadline)
    const hello = hellos.read(bytes, greeting)
    if (typeof hello === 'string') this.#reject(closeCodes.refused, hello)
    else this.#decideOn(hello.member, hello.storeIdentity)
  }

  #decideOn(member: ReplicaId, storeIdentity: string): void {
    this.#peer = member
    this.#others.takesPlace(member)
    this.#events.greeted(member, storeIdentity, refusal =>
      queueMicrotask(() => {
        if (!this.#others.isLatest(member) || this.#isAdmitted) return
        if (refusal === null) this.#admit(member)
        else this.#reject(closeCodes.refused, refusal.message)
      }),
    )
  }

  #admit(member: ReplicaId): void {
    const { hellos, greeting } = this.#options
    this.#isAdmitted = true
    this.#connection.send(hellos.encode(greeting, member))
    this.#events.admitted(member)
  }

  #receive(from: ReplicaId, bytes: Uint8Array): void {
    const messages = attempt(() => this.#options.codec.decodeMessages(bytes))
    if (messages instanceof CodecError) this.#reject(closeCodes.malformed, messages.message)
    else this.#events.frame(from, messages, bytes.length)
  }

  #reject(code: number, reason: string): void {
    this.#options.log({ code: 'incomingLinkRejected', peer: this.#peer, remote: this.#remote, detail: reason })
    this.#connection.close(code, reason)
    this.#events.rejected()
  }

  #ended(ending: Ending): void {
    this.#options.clock.clearTimeout(this.#deadline)
    if (ending.by !== 'us')
      this.#options.log({ code: 'incomingLinkLost', peer: this.#peer, remote: this.#remote, detail: ending.reason })
    this.#others.ended(this.#peer)
  }
}
