import type { WebSocket } from 'ws'
import type { Clock } from '../../machines/protocol/clock.ts'
import type { ReplicaId } from '../../machines/protocol/membership.ts'
import type { Message } from '../../machines/protocol/messages.ts'
import type { Codec } from '../codec.ts'
import type { NetEvent } from '../events.ts'
import type { NetLimits } from '../limits.ts'
import type { Greeted } from '../transport.ts'
import { closeCodes } from './close-codes.ts'
import { type Connection, createConnection, type Ending } from './connection.ts'
import { AcceptorHandshake, type HandshakeOptions } from './handshake.ts'
import { IncomingFrames } from './incoming-frames.ts'

export interface PeerConnectionOptions extends HandshakeOptions {
  readonly codec: Codec
  readonly clock: Clock
  readonly limits: NetLimits
  readonly log: (event: NetEvent) => void
}

export interface PeerConnectionEvents {
  greeted(greeted: Greeted, decide: (refusal: Error | null) => void): void
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
  /** How long this member is not let in, for what it sent before, ms. */
  pausedMs(member: ReplicaId): number
  /** Called when it was let in, and ended for a malformed frame. */
  faulted(member: ReplicaId): void
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
  readonly #handshake: AcceptorHandshake
  readonly #frames: IncomingFrames
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
    this.#handshake = new AcceptorHandshake(options)
    const { clock, limits } = options
    const { pingIntervalMs, linkQueueBytesMax: queueBytesMax } = limits
    this.#connection = createConnection(
      socket,
      { clock, side: 'server', pingIntervalMs, queueBytesMax },
      {
        frame: bytes => this.#frame(bytes),
        receiving: () => {
          if (this.#isAdmitted && this.#peer !== undefined) events.receiving(this.#peer)
        },
        ended: ending => this.#ended(ending),
      },
    )
    this.#frames = new IncomingFrames({
      codec: options.codec,
      taken: (messages, size) => events.frame(this.#peer!, messages, size),
      malformed: reason => this.#malformed(this.#peer!, reason),
      pause: () => this.#connection.pause(),
      resume: () => this.#connection.resume(),
    })
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
    else if (this.#isAdmitted) this.#frames.take(bytes)
    else this.#reject(closeCodes.malformed, 'nothing may be sent before the greeting is answered')
  }

  #greet(bytes: Uint8Array): void {
    const step = this.#handshake.take(bytes)
    if (step.kind === 'say') {
      this.#connection.send(step.frame)
      return
    }
    this.#options.clock.clearTimeout(this.#deadline)
    if (step.kind === 'refuse') this.#reject(closeCodes.refused, step.reason)
    else this.#decideOn({ peer: step.peer, ...step.claim, hasLetUsIn: false })
  }

  #decideOn(greeted: Greeted): void {
    const { peer } = greeted
    this.#peer = peer
    const pausedMs = this.#others.pausedMs(peer)
    if (pausedMs > 0) {
      const again = `it may come back in ${Math.ceil(pausedMs)} ms`
      this.#reject(closeCodes.refused, `too many links of member ${peer} were ended for malformed frames: ${again}`)
      return
    }
    this.#others.takesPlace(peer)
    this.#events.greeted(greeted, refusal =>
      queueMicrotask(() => {
        if (!this.#others.isLatest(peer) || this.#isAdmitted) return
        if (refusal === null) this.#admit(peer)
        else this.#reject(closeCodes.disowned, refusal.message)
      }),
    )
  }

  #admit(member: ReplicaId): void {
    this.#isAdmitted = true
    this.#connection.send(this.#handshake.admit(member))
    this.#events.admitted(member)
  }

  #malformed(from: ReplicaId, reason: string): void {
    this.#others.faulted(from)
    this.#frames.stop()
    this.#reject(closeCodes.malformed, reason)
  }

  #reject(code: number, reason: string): void {
    this.#options.log({ code: 'incomingLinkRejected', peer: this.#peer, remote: this.#remote, detail: reason })
    this.#connection.close(code, reason)
    this.#events.rejected()
  }

  #ended(ending: Ending): void {
    this.#options.clock.clearTimeout(this.#deadline)
    this.#frames.stop()
    if (ending.by !== 'us')
      this.#options.log({ code: 'incomingLinkLost', peer: this.#peer, remote: this.#remote, detail: ending.reason })
    this.#others.ended(this.#peer)
  }
}
