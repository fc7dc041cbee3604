import { Causality } from '../trace/causality.ts'
import type { Member, TraceEvent } from '../trace/format.ts'
import { tapLimits } from './limits.ts'

interface Stream {
  /** What the clock of this replica lacks to be that of the trace, ms: more is added where a receipt came before its sending. */
  shiftMs: number
  queue: TraceEvent[]
  /** Of the queue, what has left. */
  taken: number
}

/** A gap of more than this between two clocks is told with the times, not mended. */
const sendingsLookedAtMax = 4_000

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
    this.#streams.set(member, { shiftMs, queue: before?.queue.slice(before.taken) ?? [], taken: 0 })
  }

  /** Nobody tells anything any more; what was told is let go. */
  end(): void {
    this.#releaseUpTo(Number.POSITIVE_INFINITY)
    this.#streams.clear()
  }

  /** What it tells, in its order, by its own clock. */
  add(member: Member, events: readonly TraceEvent[]): void {
    const stream = this.#streams.get(member)
    if (stream === undefined) return
    for (const event of events) stream.queue.push({ ...event, ms: event.ms + stream.shiftMs })
  }

  /** Lets go of what is old enough that nothing can come before it any more. */
  release(nowMs: number): void {
    this.#releaseUpTo(nowMs - tapLimits.mergeHoldMs)
  }

  #releaseUpTo(untilMs: number): void {
    const released: TraceEvent[] = []
    for (let next = this.#next(untilMs); next !== undefined; next = this.#next(untilMs)) {
      const [, stream] = next
      const event = stream.queue[stream.taken]!
      if (event.kind === 'received' && this.#waitsForSending(stream, event)) continue
      stream.taken++
      // Time never runs backwards in a trace.
      this.#lastMs = Math.max(this.#lastMs, Math.round(event.ms * 1_000) / 1_000)
      released.push(this.#causality.complete({ ...event, ms: this.#lastMs }))
    }
    for (const stream of this.#streams.values()) {
      stream.queue = stream.queue.slice(stream.taken)
      stream.taken = 0
    }
    if (released.length > 0) this.#emit(released)
  }

  #next(untilMs: number): readonly [Member, Stream] | undefined {
    let first: readonly [Member, Stream] | undefined
    let firstMs = untilMs
    for (const each of this.#streams) {
      const head = each[1].queue[each[1].taken]
      if (head === undefined || head.ms > firstMs) continue
      if (first !== undefined && head.ms === firstMs) continue
      first = each
      firstMs = head.ms
    }
    return first
  }

  /** Its sending is told, and stands behind it: the receiver's clock is behind, and is set. */
  #waitsForSending(stream: Stream, event: Extract<TraceEvent, { kind: 'received' }>): boolean {
    if (this.#causality.hasSending(event)) return false
    const sender = this.#streams.get(event.from)
    if (sender === undefined || sender === stream) return false
    const upTo = Math.min(sender.queue.length, sender.taken + sendingsLookedAtMax)
    for (let at = sender.taken; at < upTo; at++) {
      const sent = sender.queue[at]!
      if (sent.kind !== 'sent' || sent.to !== event.at || !isSame(sent.message, event.message)) continue
      const byMs = sent.ms - event.ms + 0.001
      if (byMs <= 0) return false
      stream.shiftMs += byMs
      stream.queue = stream.queue.map((each, place) => (place < stream.taken ? each : { ...each, ms: each.ms + byMs }))
      return true
    }
    return false
  }
}

const isSame = (
  a: { type: string; id?: string; bal?: number },
  b: { type: string; id?: string; bal?: number },
): boolean => a.type === b.type && a.id === b.id && a.bal === b.bal
