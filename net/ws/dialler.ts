import type { WebSocket } from 'ws'
import type { ReplicaId } from '../../machines/protocol/membership.ts'
import type { Clock, Random } from '../clock.ts'
import type { NetLimits } from '../limits.ts'
import type { Greeting, LinkDownReason } from '../transport.ts'
import { closeCodes, isRefusal } from './close-codes.ts'
import { type Connection, createConnection, type Ending } from './connection.ts'
import { dial } from './dial.ts'
import type { HelloCodec } from './hello.ts'

export interface DiallerOptions {
  readonly peer: ReplicaId
  readonly url: string
  readonly greeting: Greeting
  readonly hellos: HelloCodec
  readonly clock: Clock
  readonly random: Random
  readonly limits: NetLimits
}

export interface DiallerEvents {
  greeted(storeIdentity: string, decide: (refusal: Error | null) => void): void
  up(): void
  /** Once for each change, not for each dial in vain. */
  down(reason: LinkDownReason, detail: string): void
}

/** The connection that this replica dials to one peer, and sends on: kept up for as long as it can be. */
export interface Dialler {
  readonly isUp: boolean
  /** False when the frame was dropped. */
  send(frame: Uint8Array): boolean
  /** Dials at once if it waits: the peer is known to be there. */
  dialNow(): void
  /** Ends it; nothing is called after `done`. */
  stop(done: () => void): void
}

/** Begins to dial. */
export function createDialler(options: DiallerOptions, events: DiallerEvents): Dialler {
  const { peer, url, greeting, hellos, clock, random, limits } = options
  let connection: Connection | undefined
  let phase: 'waiting' | 'dialling' | 'greeting' | 'deciding' | 'up' = 'waiting'
  let retry: unknown
  let giveUp = (): void => {}
  let inVain = 0
  let upSince = 0
  let reported: 'up' | LinkDownReason | undefined
  let stopped: (() => void) | undefined

  function connect(): void {
    phase = 'dialling'
    giveUp = dial(url, limits.frameBytesMax, clock, limits.connectTimeoutMs, {
      opened: greet,
      failed: failure => lost(downReasons[failure.kind], failure.reason),
    })
  }

  function greet(socket: WebSocket): void {
    phase = 'greeting'
    const { pingIntervalMs, linkQueueBytesMax: queueBytesMax } = limits
    const opened = createConnection(socket, { clock, pingIntervalMs, queueBytesMax }, { frame: answered, ended })
    const deadline = clock.setTimeout(
      () => opened.close(closeCodes.tooSlow, `no greeting for ${limits.greetingTimeoutMs} ms`),
      limits.greetingTimeoutMs,
    )
    connection = opened
    opened.send(hellos.encode(greeting, peer))

    function answered(frame: Uint8Array): void {
      if (phase !== 'greeting') {
        opened.close(closeCodes.malformed, 'nothing is expected here after the greeting')
        return
      }
      const hello = hellos.read(frame, greeting, peer)
      if (typeof hello === 'string') {
        opened.close(closeCodes.refused, hello)
        return
      }
      clock.clearTimeout(deadline)
      phase = 'deciding'
      events.greeted(hello.storeIdentity, refusal => queueMicrotask(() => decided(refusal)))
    }
    function decided(refusal: Error | null): void {
      if (connection !== opened || phase !== 'deciding') return
      if (refusal !== null) {
        opened.close(closeCodes.refused, refusal.message)
        return
      }
      phase = 'up'
      upSince = clock.now()
      reported = 'up'
      events.up()
    }
    function ended(ending: Ending): void {
      clock.clearTimeout(deadline)
      connection = undefined
      // A link that was up for a while begins anew; one that ends at once backs off.
      if (phase === 'up' && clock.now() - upSince > limits.reconnectDelayMaxMs) inVain = 0
      lost(reasonOf(ending), ending.reason)
    }
  }

  function lost(reason: LinkDownReason, detail: string): void {
    phase = 'waiting'
    if (stopped !== undefined) {
      if (reported === 'up') events.down('stopped', 'this replica stops')
      stopped()
      return
    }
    const delayMs = Math.min(limits.reconnectDelayMs * 2 ** inVain, limits.reconnectDelayMaxMs)
    inVain++
    retry = clock.setTimeout(connect, delayMs * (0.5 + random() / 2))
    if (reported !== reason) {
      reported = reason
      events.down(reason, detail)
    }
  }

  // Never from inside the transport's start: the events of a dial come later in any case.
  connect()
  return {
    get isUp() {
      return phase === 'up'
    },
    send: frame => phase === 'up' && connection !== undefined && connection.send(frame),
    dialNow() {
      if (phase !== 'waiting' || stopped !== undefined) return
      clock.clearTimeout(retry)
      inVain = 0
      connect()
    },
    stop(done) {
      stopped = done
      clock.clearTimeout(retry)
      if (phase === 'waiting') queueMicrotask(done)
      else if (phase === 'dialling') giveUp()
      else connection?.close(closeCodes.goingAway, 'this replica stops')
    },
  }
}

const downReasons = { refused: 'refused', silent: 'silent', stranger: 'rejected', failed: 'closed' } as const

function reasonOf(ending: Ending): LinkDownReason {
  if (ending.by === 'silence' || (ending.by === 'us' && ending.code === closeCodes.tooSlow)) return 'silent'
  return isRefusal(ending.code) ? 'rejected' : 'closed'
}
