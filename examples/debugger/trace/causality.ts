import type { Lost, Received, Sent, TracedMessage, TraceEvent } from './format.ts'

/** Sendings that nobody has received yet, for each kind of message between two replicas. */
const waitingMax = 64
const kindsMax = 20_000

interface Sending {
  readonly no: number
  readonly clock: number
}

/**
 * Numbers the messages of a trace and sets Lamport's clocks, which no message carries: a receipt belongs to the oldest sending
 * of the same message between the same two that is not received. Takes events in an order that keeps causes before effects.
 */
export class Causality {
  readonly #clocks = new Map<number, number>()
  /** By sender, receiver and message: what is under way, and what came last. */
  readonly #waiting = new Map<string, Sending[]>()
  readonly #latest = new Map<string, Sending>()
  #no = 0

  /** The event with its clock and, for messages, its number. */
  complete(event: TraceEvent): TraceEvent {
    if (!('at' in event) || event.kind === 'gap' || event.kind === 'skipped') return event
    if (event.kind === 'sent') return this.#sent(event)
    if (event.kind === 'received') return this.#received(event)
    if (event.kind === 'lost') return this.#lost(event)
    return { ...event, clock: this.#tick(event.at) }
  }

  /** The sending that this receipt would belong to has been seen. */
  hasSending({ from, at, message }: Received): boolean {
    return from === at || this.#waiting.has(keyOf(from, at, message)) || this.#latest.has(keyOf(from, at, message))
  }

  #sent(event: Sent): Sent {
    const clock = this.#tick(event.at)
    if (event.to === event.at) return { ...event, clock }
    const sending = { no: ++this.#no, clock }
    const key = keyOf(event.at, event.to, event.message)
    const waiting = this.#waiting.get(key)
    if (waiting === undefined) {
      if (this.#waiting.size >= kindsMax) this.#waiting.delete(this.#waiting.keys().next().value!)
      this.#waiting.set(key, [sending])
    } else {
      if (waiting.length >= waitingMax) waiting.shift()
      waiting.push(sending)
    }
    return { ...event, clock, no: sending.no }
  }

  #received(event: Received): Received {
    if (event.from === event.at) return { ...event, clock: this.#tick(event.at) }
    const key = keyOf(event.from, event.at, event.message)
    const sending = this.#take(key)
    if (sending !== undefined) {
      if (this.#latest.size >= kindsMax) this.#latest.delete(this.#latest.keys().next().value!)
      this.#latest.set(key, sending)
      return { ...event, clock: this.#tick(event.at, sending.clock), no: sending.no }
    }
    const earlier = this.#latest.get(key)
    if (earlier === undefined) return { ...event, clock: this.#tick(event.at) }
    return { ...event, clock: this.#tick(event.at, earlier.clock), no: earlier.no, repeated: true }
  }

  /** The network tells of a loss: it belongs to the oldest sending, too. */
  #lost(event: Lost): Lost {
    const sending = this.#take(keyOf(event.at, event.to, event.message))
    const { clock = this.#clocks.get(event.at) ?? 0 } = sending ?? {}
    return { ...event, clock, ...(sending === undefined ? undefined : { no: sending.no }) }
  }

  #take(key: string): Sending | undefined {
    const waiting = this.#waiting.get(key)
    const sending = waiting?.shift()
    if (waiting?.length === 0) this.#waiting.delete(key)
    return sending
  }

  #tick(at: number, after = 0): number {
    const clock = Math.max(this.#clocks.get(at) ?? 0, after) + 1
    this.#clocks.set(at, clock)
    return clock
  }
}

export const keyOf = (from: number, to: number, { type, id = '', bal = 0 }: TracedMessage): string =>
  `${from}>${to} ${type} ${id} ${bal}`
