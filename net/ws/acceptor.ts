import type { WebSocket } from 'ws'
import type { ReplicaId } from '../../machines/protocol/membership.ts'
import { LinkPauses } from './link-pauses.ts'
import { PeerConnection, type PeerConnectionEvents, type PeerConnectionOptions } from './peer-connection.ts'

/** The connections that peers dial: this replica greets back, and then only receives on them. */
export class Acceptor {
  readonly #options: PeerConnectionOptions
  readonly #events: PeerConnectionEvents
  readonly #open = new Set<PeerConnection>()
  readonly #pauses: LinkPauses
  /** The latest connection that greeted as this member: an older one may be half open for long. */
  readonly #latest = new Map<ReplicaId, PeerConnection>()
  #stopped: (() => void) | undefined

  constructor(options: PeerConnectionOptions, events: PeerConnectionEvents) {
    this.#options = options
    this.#events = events
    this.#pauses = new LinkPauses(options.clock, options.limits.reconnectDelayMs)
  }

  accept(socket: WebSocket, remote: string): void {
    const accepted: PeerConnection = new PeerConnection(socket, remote, this.#options, this.#events, {
      takesPlace: member => {
        this.#latest.get(member)?.replaced(member)
        this.#latest.set(member, accepted)
      },
      pausedMs: member => this.#pauses.leftMs(member),
      faulted: member => this.#pauses.faulted(member),
      isLatest: member => this.#latest.get(member) === accepted,
      ended: member => {
        this.#open.delete(accepted)
        if (member !== undefined && this.#latest.get(member) === accepted) this.#latest.delete(member)
        if (this.#stopped !== undefined && this.#open.size === 0) this.#stopped()
      },
    })
    this.#open.add(accepted)
  }

  /** Ends all connections; nothing is called after `done`. */
  stop(done: () => void): void {
    this.#stopped = done
    for (const connection of this.#open) connection.goAway()
    if (this.#open.size === 0) queueMicrotask(done)
  }
}
