import { Causality } from '../trace/causality.ts'
import type { Member, TraceEvent } from '../trace/format.ts'
import { tapLimits } from './limits.ts'
import { Stream } from './stream.ts'

/**
 * Puts what several replicas tell into one order that keeps causes before effects: by their clocks, and where those contradict a
 * message, by the message. What may come first is waited for, a little.
 */
export class Merge {
  readonly #streams = new Map<Member, Stream>()
  readonly #causality = new Causality()
  readonly #emit: (events: readonly TraceEvent[]) => void
  #lastMs = 0

  constructor(emit: (events: readonly TraceEvent[]) => void) {
    this.#emit = emit
  }

  /** A replica tells from here on. @param shiftMs from its times to those of the trace */
  began(member: Member, shiftMs: number): void {
    const before = this.#streams.get(member)
    if (before === undefined) this.#streams.set(member, new Stream(shiftMs))
    else before.beginAgain(shiftMs)
  }

  /** Nobody tells anything any more; what was told is let go. */
  end(): void {
    this.#releaseUpTo(Number.MAX_VALUE)
    this.#streams.clear()
  }

  /** What it tells, in its order, by its own clock. */
  add(member: Member, events: readonly TraceEvent[]): void {
    const stream = this.#streams.get(member)
    if (stream === undefined) return
    for (const event of events) stream.add(event)
  }

  /** Lets go of what is old enough that nothing can come before it any more. */
  release(nowMs: number): void {
    this.#releaseUpTo(nowMs - tapLimits.mergeHoldMs)
  }

  #releaseUpTo(untilMs: number): void {
    const released: TraceEvent[] = []
    for (let stream = this.#next(untilMs); stream !== undefined; stream = this.#next(untilMs)) {
      const event = stream.head!
      const ms = stream.headMs
      if (event.kind === 'received' && this.#waitsForSending(stream, event, ms)) continue
      stream.take()
      // Time never runs backwards in a trace.
      this.#lastMs = Math.max(this.#lastMs, Math.round(ms * 1_000) / 1_000)
      released.push(this.#causality.complete({ ...event, ms: this.#lastMs }))
    }
    for (const stream of this.#streams.values()) stream.tidy()
    if (released.length > 0) this.#emit(released)
  }

  /** Whose turn it is. */
  #next(untilMs: number): Stream | undefined {
    let first: Stream | undefined
    let firstMs = untilMs
    for (const stream of this.#streams.values()) {
      const ms = stream.headMs
      if (ms > firstMs || (first !== undefined && ms === firstMs)) continue
      first = stream
      firstMs = ms
    }
    return first
  }

  /** Its sending is told, and stands behind it: the receiver's clock is behind, and is set. */
  #waitsForSending(stream: Stream, event: Extract<TraceEvent, { kind: 'received' }>, ms: number): boolean {
    if (stream.headHasWaited || this.#causality.hasSending(event)) return false
    const sender = this.#streams.get(event.from)
    if (sender === undefined || sender === stream) return false
    const sentMs = sender.sendingMs(event)
    if (sentMs === undefined || sentMs < ms) return false
    stream.putOff(sentMs - ms + 0.001)
    return true
  }
}
