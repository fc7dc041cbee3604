import type { Request } from './request.ts'

/** A request that was sent and not answered yet. */
export interface Sent {
  readonly request: Request
  readonly sentMs: number
}

/** The requests in flight on one connection, by the numbers under which they are answered. */
export class InFlight {
  readonly #sent = new Map<number, Sent>()
  #last = 0
  #bytes = 0

  /** Bytes of these requests. */
  get bytes(): number {
    return this.#bytes
  }

  get size(): number {
    return this.#sent.size
  }

  /** Numbers requests in their order. @returns the first number */
  add(requests: readonly Request[], sentMs: number): number {
    const first = this.#last + 1
    this.#last += requests.length
    requests.forEach((request, at) => {
      this.#sent.set(first + at, { request, sentMs })
      this.#bytes += request.payload.length
      request.sent++
    })
    return first
  }

  /** A number for a request whose answer nobody waits for. */
  number(): number {
    return ++this.#last
  }

  /**
   * Takes out the request that an answer belongs to. A request past its deadline was settled before its answer came.
   */
  take(number: number): Request | undefined {
    const sent = this.#sent.get(number)
    if (sent === undefined) return undefined
    this.#sent.delete(number)
    this.#bytes -= sent.request.payload.length
    return sent.request
  }

  /** Takes out the requests that are safe to retry: without effect, or applied once however often they are sent. */
  takeRepeatable(): readonly Request[] {
    const repeatable: Request[] = []
    for (const [number, { request }] of this.#sent) {
      if (request.kind === 'execute' && request.place === undefined) continue
      this.take(number)
      repeatable.push(request)
    }
    return repeatable
  }

  takeAll(): readonly Request[] {
    const all = [...this.#sent.values()].map(({ request }) => request)
    this.#sent.clear()
    this.#bytes = 0
    return all
  }

  entries(): IterableIterator<[number: number, sent: Sent]> {
    return this.#sent.entries()
  }
}
