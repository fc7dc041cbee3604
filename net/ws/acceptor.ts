import type { WebSocket } from 'ws'
import type { ReplicaId } from '../../machines/protocol/membership.ts'
import type { Message } from '../../machines/protocol/messages.ts'
import type { Clock } from '../clock.ts'
import { attempt, type Codec, CodecError } from '../codec.ts'
import type { NetEvent } from '../events.ts'
import type { NetLimits } from '../limits.ts'
import type { Greeting } from '../transport.ts'
import { closeCodes } from './close-codes.ts'
import { type Connection, createConnection } from './connection.ts'
import type { HelloCodec } from './hello.ts'

export interface AcceptorOptions {
  readonly greeting: Greeting
  readonly hellos: HelloCodec
  readonly codec: Codec
  readonly clock: Clock
  readonly limits: NetLimits
  readonly log: (event: NetEvent) => void
}

export interface AcceptorEvents {
  greeted(peer: ReplicaId, storeIdentity: string, decide: (refusal: Error | null) => void): void
  /** The peer is let in: it is alive, and its frames follow. */
  admitted(peer: ReplicaId): void
  /** One frame of an admitted peer, of `bytes` bytes. */
  frame(peer: ReplicaId, messages: readonly Message[], bytes: number): void
  /** A connection was refused, or ended for what it sent. */
  rejected(): void
}

/** The connections that peers dial: this replica greets back, and then only receives on them. */
export interface Acceptor {
  accept(socket: WebSocket, remote: string): void
  /** Ends them all; nothing is called after `done`. */
  stop(done: () => void): void
}

export function createAcceptor(options: AcceptorOptions, events: AcceptorEvents): Acceptor {
  const { greeting, hellos, codec, clock, limits, log } = options
  const open = new Set<Connection>()
  /** The latest connection that greeted as this member: an older one may be half open for long. */
  const latest = new Map<ReplicaId, Connection>()
  let stopped: (() => void) | undefined

  function accept(socket: WebSocket, remote: string): void {
    let peer: ReplicaId | undefined
    let admitted = false
    const { pingIntervalMs, linkQueueBytesMax: queueBytesMax } = limits
    const connection = createConnection(
      socket,
      { clock, pingIntervalMs, queueBytesMax },
      {
        frame(bytes) {
          if (peer === undefined) greet(bytes)
          else if (admitted) receive(peer, bytes)
          else reject(closeCodes.malformed, 'nothing may be sent before the greeting is answered')
        },
        ended(ending) {
          clock.clearTimeout(deadline)
          open.delete(connection)
          if (peer !== undefined && latest.get(peer) === connection) latest.delete(peer)
          if (ending.by !== 'us') log({ code: 'incomingLinkLost', peer, remote, detail: ending.reason })
          if (stopped !== undefined && open.size === 0) stopped()
        },
      },
    )
    open.add(connection)
    const deadline = clock.setTimeout(
      () => reject(closeCodes.tooSlow, `no greeting for ${limits.greetingTimeoutMs} ms`),
      limits.greetingTimeoutMs,
    )

    function reject(code: number, reason: string): void {
      log({ code: 'incomingLinkRejected', peer, remote, detail: reason })
      connection.close(code, reason)
      events.rejected()
    }
    function greet(bytes: Uint8Array): void {
      clock.clearTimeout(deadline)
      const hello = hellos.read(bytes, greeting)
      if (typeof hello === 'string') reject(closeCodes.refused, hello)
      else admit(hello.member, hello.storeIdentity)
    }
    function receive(from: ReplicaId, bytes: Uint8Array): void {
      const messages = attempt(() => codec.decodeMessages(bytes))
      if (messages instanceof CodecError) reject(closeCodes.malformed, messages.message)
      else events.frame(from, messages, bytes.length)
    }
    function admit(member: ReplicaId, storeIdentity: string): void {
      peer = member
      latest.get(member)?.close(closeCodes.replaced, `a newer connection of member ${member} takes its place`)
      latest.set(member, connection)
      events.greeted(member, storeIdentity, refusal =>
        queueMicrotask(() => {
          if (latest.get(member) !== connection || admitted) return
          if (refusal === null) {
            admitted = true
            connection.send(hellos.encode(greeting, member))
            events.admitted(member)
          } else reject(closeCodes.refused, refusal.message)
        }),
      )
    }
  }

  return {
    accept,
    stop(done) {
      stopped = done
      for (const connection of open) connection.close(closeCodes.goingAway, 'this replica stops')
      if (open.size === 0) queueMicrotask(done)
    },
  }
}
