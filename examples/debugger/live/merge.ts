import { Causality } from '../trace/causality.ts'
import type { Member, TraceEvent } from '../trace/format.ts'
import { tapLimits } from './limits.ts'
import { agree, TellerClock } from './offset.ts'
import { Stream } from './stream.ts'

/**
 * Puts what several replicas tell into one order that keeps causes before effects: by their clocks, and where those contradict a
 * message, by the message. What may come first is waited for, a little. How far the clocks are apart is told by when things
 * arrive here; all times that callers give are by the viewer's clock.
 */
export class Merge {
  readonly #streams = new Map<Member, Stream>()
  readonly #clocks = new Map<Member, TellerClock>()
  readonly #causality = new Causality()
  readonly #emit: (events: readonly TraceEvent[]) => void
  #lastMs = 0
  /** The clock of the trace: its 0 is that of the trace. */
  #first: TellerClock | undefined
  /** The viewer's time at that 0, from the first event that was let go of. */
  #zeroMs: number | undefined

  constructor(emit: (events: readonly TraceEvent[]) => void) {
    this.#emit = emit
  }

  /** A replica tells from here on, or anew. @param beganMs the time of day at 0 of its events, as it says */
  began(member: Member, beganMs: number): void {
    const clock = new TellerClock(beganMs)
    this.#first ??= clock
    this.#clocks.set(member, clock)
    if (!this.#streams.has(member)) this.#streams.set(member, new Stream())
  }

  /** Nobody tells anything any more; what was told is let go. */
  end(): void {
    this.#releaseUpTo(Number.MAX_VALUE)
    this.#streams.clear()
    this.#clocks.clear()
  }

  /** What it tells, in its order, by its own clock. */
  add(member: Member, events: readonly TraceEvent[], nowMs: number): void {
    const clock = this.#clocks.get(member)
    const last = events.at(-1)
    if (clock === undefined || last === undefined) return
    clock.offset.sample(clock.beganMs + last.ms, nowMs)
    agree([...this.#clocks.values()], tapLimits.clocksAgreeMs)
    for (const event of events) this.#streams.get(member)!.add(event, clock, nowMs)
  }

  /** What the viewer says of a replica. */
  say(member: Member, event: TraceEvent, nowMs: number): void {
    this.#streams.get(member)?.add(event, new TellerClock(nowMs - event.ms), nowMs)
  }

  /** A time of the viewer as one of the trace. */
  traceMs(nowMs: number): number {
    const zeroMs = this.#zeroMs ?? (this.#first === undefined ? nowMs : zeroOf(this.#first))
    return Math.max(this.#lastMs, nowMs - zeroMs)
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
      this.#zeroMs ??= zeroOf(this.#first!)
      // Time never runs backwards in a trace.
      this.#lastMs = Math.max(this.#lastMs, Math.round((ms - this.#zeroMs) * 1_000) / 1_000)
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

/** The viewer's time at 0 of a clock. */
const zeroOf = ({ beganMs, offsetMs }: TellerClock): number => beganMs + offsetMs
