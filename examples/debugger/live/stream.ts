import { keyOf } from '../trace/causality.ts'
import type { Received, TraceEvent } from '../trace/format.ts'

/** What one replica has told, in its order, and nobody was told of yet. */
export class Stream {
  /** What its clock lacks to be that of the trace, ms: more is added where a receipt came before its sending. */
  #shiftMs: number
  #queue: TraceEvent[] = []
  /** Of the queue, what has left. */
  #taken = 0
  /** By its own clock, when it sent what is in the queue. */
  readonly #sentMs = new Map<string, number[]>()
  #hasWaited = false

  constructor(shiftMs: number) {
    this.#shiftMs = shiftMs
  }

  /** It tells anew, by another clock: what was told before keeps its place. */
  beginAgain(shiftMs: number): void {
    const byMs = this.#shiftMs - shiftMs
    const before = this.#queue.slice(this.#taken).map(event => ({ ...event, ms: event.ms + byMs }))
    this.#queue = []
    this.#taken = 0
    this.#sentMs.clear()
    this.#shiftMs = shiftMs
    for (const event of before) this.add(event)
  }

  add(event: TraceEvent): void {
    this.#queue.push(event)
    if (event.kind !== 'sent') return
    const key = keyOf(event.at, event.to, event.message)
    const others = this.#sentMs.get(key)
    if (others === undefined) this.#sentMs.set(key, [event.ms])
    else others.push(event.ms)
  }

  get head(): TraceEvent | undefined {
    return this.#queue[this.#taken]
  }
  /** By the clock of the trace; never, when there is none. */
  get headMs(): number {
    const { head } = this
    return head === undefined ? Number.POSITIVE_INFINITY : head.ms + this.#shiftMs
  }

  /** The head has waited for its cause already: once is enough, or two that contradict each other would wait for ever. */
  get headHasWaited(): boolean {
    return this.#hasWaited
  }

  /** By the clock of the trace, when it sends this: undefined when that is not in the queue. */
  sendingMs({ from, at, message }: Received): number | undefined {
    const first = this.#sentMs.get(keyOf(from, at, message))?.[0]
    return first === undefined ? undefined : first + this.#shiftMs
  }

  /** Its clock is behind: the head, and all after it, come so much later. */
  putOff(byMs: number): void {
    this.#shiftMs += byMs
    this.#hasWaited = true
  }

  /** The head leaves. */
  take(): void {
    const event = this.#queue[this.#taken]!
    this.#taken++
    this.#hasWaited = false
    if (event.kind !== 'sent') return
    const key = keyOf(event.at, event.to, event.message)
    const sent = this.#sentMs.get(key)!
    if (sent.length > 1) sent.shift()
    else this.#sentMs.delete(key)
  }

  /** What has left is let go of. */
  tidy(): void {
    if (this.#taken === 0) return
    this.#queue = this.#queue.slice(this.#taken)
    this.#taken = 0
  }
}
