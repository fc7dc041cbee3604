import type { Request } from './request.ts'

/** The requests of a client that wait to be sent, in the order in which they go. */
export class RequestQueue {
  #waiting: Request[] = []

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
  }

  /** Queues a request ahead of all others. */
  addFirst(request: Request): void {
    this.#waiting.unshift(request)
  }

  /** Takes out, in order, at most `max` requests that may go; the others keep their order. */
  take(max: number, mayGo: (request: Request) => boolean): readonly Request[] {
    const taken: Request[] = []
    const left: Request[] = []
    for (const request of this.#waiting) (taken.length < max && mayGo(request) ? taken : left).push(request)
    this.#waiting = left
    return taken
  }

  takeOverdue(nowMs: number): readonly Request[] {
    const overdue = this.#waiting.filter(({ deadlineMs }) => deadlineMs <= nowMs)
    if (overdue.length > 0) this.#waiting = this.#waiting.filter(({ deadlineMs }) => deadlineMs > nowMs)
    return overdue
  }

  takeAll(): readonly Request[] {
    const all = this.#waiting
    this.#waiting = []
    return all
  }
}
