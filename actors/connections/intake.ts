import type { ClientMessageOf, ClientRequest } from '../../machines/protocol/client-messages.ts'
import type { CommandsInHand } from './session-commands.ts'

/** A request that waits at its connection. */
export interface WaitingRequest<R extends ClientRequest = ClientRequest> {
  readonly message: R
  /** Of commands of a session: the next one, and the end. Otherwise it is one request. */
  at: number
  readonly end: number
  /** Its commands, read when the first of them was taken up. */
  inHand: CommandsInHand | undefined
}
export type WaitingCommands = WaitingRequest<ClientMessageOf<'execute'>>

const overheadBytes = 64

/** Bytes of a message that waits. */
export function bytesOf(message: ClientRequest): number {
  switch (message.type) {
    case 'execute':
      return overheadBytes + message.commands.length
    case 'propose':
    case 'query':
      return overheadBytes + message.payload.length
    default:
      return overheadBytes
  }
}

/** Number of requests in a message: commands of a session come many at a time. */
export const requestsIn = (message: ClientRequest): number =>
  message.type === 'execute' ? message.sequences.length : 1

/**
 * The requests of one connection that were read from its socket and not taken up yet, in their order. There are few, unless
 * the connection has as much in flight as it may.
 */
export class Intake {
  #waiting: WaitingRequest[] = []
  /** Places before this are free. */
  #at = 0
  #count = 0
  #bytes = 0

  /** Number of requests that wait; a message counts whole until it is done. */
  get count(): number {
    return this.#count
  }
  /** Bytes of the waiting messages. */
  get bytes(): number {
    return this.#bytes
  }

  get first(): WaitingRequest | undefined {
    return this.#waiting[this.#at]
  }

  /** @param count number of its requests that may wait */
  add(message: ClientRequest, count: number): void {
    this.#waiting.push({ message, at: 0, end: count, inHand: undefined })
    this.#count += count
    this.#bytes += bytesOf(message)
  }

  /** Removes the first, which is done. */
  shift(): void {
    const { message, end } = this.#waiting[this.#at++]!
    this.#count -= end
    this.#bytes -= bytesOf(message)
    if (this.#at === this.#waiting.length) this.clear()
    else if (this.#at >= 1_024 && 2 * this.#at >= this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#at)
      this.#at = 0
    }
  }

  clear(): void {
    this.#waiting = []
    this.#at = 0
    this.#count = 0
    this.#bytes = 0
  }
}
