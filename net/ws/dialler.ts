import type { WebSocket } from 'ws'
import type { Clock, Random } from '../../machines/protocol/clock.ts'
import type { ReplicaId } from '../../machines/protocol/membership.ts'
import type { NetLimits } from '../limits.ts'
import type { Greeted, LinkDownReason } from '../transport.ts'
import { closeCodes, isRefusal } from './close-codes.ts'
import { type Connection, createConnection, type Ending } from './connection.ts'
import { dial } from './dial.ts'
import { DiallerHandshake, type HandshakeOptions } from './handshake.ts'

export interface DiallerOptions extends HandshakeOptions {
  readonly peer: ReplicaId
  readonly url: string
  readonly clock: Clock
  readonly random: Random
  readonly limits: NetLimits
}

export interface DiallerEvents {
  greeted(greeted: Greeted, decide: (refusal: Error | null) => void): void
  up(): void
  /** Called once for each change, not for each dial in vain. */
  down(reason: LinkDownReason, detail: string): void
}

/** The connection that this replica dials to one peer, and sends on: kept up for as long as it can be. */
export class Dialler {
  readonly #options: DiallerOptions
  readonly #events: DiallerEvents
  #connection: Connection | undefined
  #handshake: DiallerHandshake | undefined
  #phase: 'waiting' | 'dialling' | 'greeting' | 'deciding' | 'up' = 'waiting'
  #retry: unknown
  #giveUp = (): void => {}
  /** Number of failed dials in a row. */
  #inVain = 0
  #upSinceMs = 0
  #reported: 'up' | LinkDownReason | undefined
  #stopped: (() => void) | undefined

  /** Begins to dial. Its events come later, never from inside the transport's start. */
  constructor(options: DiallerOptions, events: DiallerEvents) {
    this.#options = options
    this.#events = events
    this.#dial()
  }

  get isUp(): boolean {
    return this.#phase === 'up'
  }

  /** Whether little waits in its socket. */
  get hasRoom(): boolean {
    return this.#connection?.hasRoom ?? true
  }

  /** False when the frame was dropped. */
  send(frame: Uint8Array): boolean {
    return this.#phase === 'up' && this.#connection !== undefined && this.#connection.send(frame)
  }

  /** Dials at once if it waits: the peer is known to be there. */
  dialNow(): void {
    if (this.#phase !== 'waiting' || this.#stopped !== undefined) return
    this.#options.clock.clearTimeout(this.#retry)
    this.#inVain = 0
    this.#dial()
  }

  /** Ends it; nothing is called after `done`. */
  stop(done: () => void): void {
    this.#stopped = done
    this.#options.clock.clearTimeout(this.#retry)
    if (this.#phase === 'waiting') queueMicrotask(done)
    else if (this.#phase === 'dialling') this.#giveUp()
    else this.#connection?.close(closeCodes.goingAway, 'this replica stops')
  }

  #dial(): void {
    const { url, limits, clock } = this.#options
    this.#phase = 'dialling'
    this.#giveUp = dial(url, limits.frameBytesMax, clock, limits.connectTimeoutMs, {
      opened: socket => this.#greet(socket),
      failed: failure => this.#lost(downReasons[failure.kind], failure.reason),
    })
  }

  #greet(socket: WebSocket): void {
    this.#phase = 'greeting'
    const { peer, clock, limits } = this.#options
    this.#handshake = new DiallerHandshake(peer, this.#options)
    const { pingIntervalMs, linkQueueBytesMax: queueBytesMax, linkRoomBytes: roomBytes } = limits
    const opened: Connection = createConnection(
      socket,
      { clock, side: 'client', pingIntervalMs, queueBytesMax, roomBytes },
      {
        frame: bytes => this.#answered(opened, bytes, deadline),
        ended: ending => {
          clock.clearTimeout(deadline)
          this.#ended(ending)
        },
      },
    )
    const deadline = clock.setTimeout(
      () => opened.close(closeCodes.tooSlow, `no greeting for ${limits.greetingTimeoutMs} ms`),
      limits.greetingTimeoutMs,
    )
    this.#connection = opened
    opened.send(this.#handshake.first())
  }

  /** The peer greets back, and then says nothing more on this connection. */
  #answered(opened: Connection, frame: Uint8Array, deadline: unknown): void {
    if (this.#phase !== 'greeting') {
      opened.close(closeCodes.malformed, 'nothing is expected here after the greeting')
      return
    }
    const step = this.#handshake!.take(frame)
    if (step.kind === 'refuse') opened.close(closeCodes.refused, step.reason)
    else if (step.kind === 'say') opened.send(step.frame)
    else {
      this.#options.clock.clearTimeout(deadline)
      this.#phase = 'deciding'
      this.#events.greeted({ peer: step.peer, ...step.claim, hasLetUsIn: true }, refusal =>
        queueMicrotask(() => this.#decided(opened, refusal)),
      )
    }
  }

  #decided(opened: Connection, refusal: Error | null): void {
    if (this.#connection !== opened || this.#phase !== 'deciding') return
    if (refusal !== null) {
      opened.close(closeCodes.refused, refusal.message)
      return
    }
    this.#phase = 'up'
    this.#upSinceMs = this.#options.clock.now()
    this.#reported = 'up'
    this.#events.up()
  }

  #ended(ending: Ending): void {
    const { clock, limits } = this.#options
    this.#connection = undefined
    // A link that was up for a while starts with the first delay again; one that ends at once backs off.
    if (this.#phase === 'up' && clock.now() - this.#upSinceMs > limits.reconnectDelayMaxMs) this.#inVain = 0
    this.#lost(reasonOf(ending), ending.reason)
  }

  #lost(reason: LinkDownReason, detail: string): void {
    this.#phase = 'waiting'
    if (this.#stopped !== undefined) {
      if (this.#reported === 'up') this.#events.down('stopped', 'this replica stops')
      this.#stopped()
      return
    }
    const { clock, limits, random } = this.#options
    const delayMs = Math.min(limits.reconnectDelayMs * 2 ** this.#inVain, limits.reconnectDelayMaxMs)
    this.#inVain++
    this.#retry = clock.setTimeout(() => this.#dial(), delayMs * (0.5 + random() / 2))
    if (this.#reported !== reason) {
      this.#reported = reason
      this.#events.down(reason, detail)
    }
  }
}

const downReasons = { refused: 'refused', silent: 'silent', stranger: 'rejected', failed: 'closed' } as const

function reasonOf(ending: Ending): LinkDownReason {
  if (ending.by === 'silence' || (ending.by === 'us' && ending.code === closeCodes.tooSlow)) return 'silent'
  if (ending.by === 'them' && ending.code === closeCodes.disowned) return 'disowned'
  return isRefusal(ending.code) ? 'rejected' : 'closed'
}
