import type { Request } from './request.ts'

/** The room of a connection. */
export interface Room {
  readonly requests: number
  readonly bytes: number
  /** Whether nothing is in flight: one request may go, however large. */
  readonly isEmpty: boolean
}

/** The requests of a client that wait to be sent, in the order in which they go. */
export class RequestQueue {
  #waiting: Request[] = []
  #bytes = 0

  /** Bytes of the waiting requests. */
  get bytes(): number {
    return this.#bytes
  }

  get size(): number {
    return this.#waiting.length
  }

  get hasCommands(): boolean {
    return this.#waiting.some(({ kind }) => kind === 'execute')
  }

  /** The earliest deadline; infinite for none. */
  get nextDeadlineMs(): number {
    let nextMs = Number.POSITIVE_INFINITY
    for (const { deadlineMs } of this.#waiting) nextMs = Math.min(nextMs, deadlineMs)
    return nextMs
  }

  add(request: Request): void {
    this.#waiting.push(request)
    this.#bytes += request.payload.length
  }

  /** Queues a request ahead of all others. */
  addFirst(request: Request): void {
    this.#waiting.unshift(request)
    this.#bytes += request.payload.length
  }

  /**
   * Takes out, in order, requests that may go while there is room; the others keep their order. Nothing passes a request
   * that is too large for the room.
   */
  take(room: Room, mayGo: (request: Request) => boolean): readonly Request[] {
    const taken: Request[] = []
    const left: Request[] = []
    let bytes = 0
    let at = 0
    for (; at < this.#waiting.length && taken.length < room.requests; at++) {
      const request = this.#waiting[at]!
      const { length } = request.payload
      if (bytes + length > room.bytes && !(room.isEmpty && taken.length === 0)) break
      if (mayGo(request)) {
        taken.push(request)
        bytes += length
      } else left.push(request)
    }
    this.#waiting = left.concat(this.#waiting.slice(at))
    this.#bytes -= bytes
    return taken
  }

  takeOverdue(nowMs: number): readonly Request[] {
    const overdue = this.#waiting.filter(({ deadlineMs }) => deadlineMs <= nowMs)
    if (overdue.length === 0) return overdue
    this.#waiting = this.#waiting.filter(({ deadlineMs }) => deadlineMs > nowMs)
    for (const { payload } of overdue) this.#bytes -= payload.length
    return overdue
  }

  takeAll(): readonly Request[] {
    const all = this.#waiting
    this.#waiting = []
    this.#bytes = 0
    return all
  }
}
