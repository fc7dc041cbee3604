import { keyOf } from '../trace/causality.ts'
import type { Received, TraceEvent } from '../trace/format.ts'
import type { TellerClock } from './offset.ts'

/** An event and its place, by the viewer's clock. */
interface Placed {
  readonly event: TraceEvent
  readonly clock: TellerClock
  /** When it came here: it did not happen later than that. */
  readonly arrivedMs: number
}

/** Others, by which the sender of what the head received may be put off, one after the other. */
const headWaitsMax = 16

/** What one replica has told, in its order, and nobody was told of yet. */
export class Stream {
  /** What its clock lacks beyond what arrival times tell, ms: more is added where a receipt came before its sending. */
  #laterMs = 0
  /** Where the last one that left stood, or where the head was put off to. */
  #floorMs = Number.NEGATIVE_INFINITY
  #queue: Placed[] = []
  /** Of the queue, what has left. */
  #taken = 0
  /** What it sent, of what is in the queue. */
  readonly #sent = new Map<string, Placed[]>()
  /** How often the head was put off. */
  #waits = 0

  /** @param clock of its `ms`: it may be another one after a restart; what was told before keeps its own */
  add(event: TraceEvent, clock: TellerClock, arrivedMs: number): void {
    const placed = { event, clock, arrivedMs }
    this.#queue.push(placed)
    if (event.kind !== 'sent') return
    const key = keyOf(event.at, event.to, event.message)
    const others = this.#sent.get(key)
    if (others === undefined) this.#sent.set(key, [placed])
    else others.push(placed)
  }

  get head(): TraceEvent | undefined {
    return this.#queue[this.#taken]?.event
  }
  /** By the viewer's clock; never, when there is none. */
  get headMs(): number {
    const placed = this.#queue[this.#taken]
    return placed === undefined ? Number.POSITIVE_INFINITY : this.#placeOf(placed)
  }

  /**
   * The head has waited for its cause often enough: that may be put off in its turn, but two that contradict each other would
   * wait for ever.
   */
  get headHasWaited(): boolean {
    return this.#waits >= headWaitsMax
  }

  /** By the viewer's clock, when it sends this: undefined when that is not in the queue. */
  sendingMs({ from, at, message }: Received): number | undefined {
    const first = this.#sent.get(keyOf(from, at, message))?.[0]
    return first === undefined ? undefined : this.#placeOf(first)
  }

  /** Its clock is behind: the head, and all after it, come so much later. */
  putOff(byMs: number): void {
    this.#floorMs = this.headMs + byMs
    this.#laterMs += byMs
    this.#waits++
  }

  /** The head leaves. */
  take(): void {
    const { event } = this.#queue[this.#taken]!
    this.#floorMs = this.headMs
    this.#taken++
    this.#waits = 0
    if (event.kind !== 'sent') return
    const key = keyOf(event.at, event.to, event.message)
    const sent = this.#sent.get(key)!
    if (sent.length > 1) sent.shift()
    else this.#sent.delete(key)
  }

  /** What has left is let go of. */
  tidy(): void {
    if (this.#taken === 0) return
    this.#queue = this.#queue.slice(this.#taken)
    this.#taken = 0
  }

  #placeOf({ event, clock, arrivedMs }: Placed): number {
    const ms = clock.beganMs + event.ms + clock.offsetMs + this.#laterMs
    return Math.max(Math.min(ms, arrivedMs), this.#floorMs)
  }
}
