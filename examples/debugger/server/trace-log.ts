import type { TraceEvent, TraceHeader } from '../trace/format.ts'
import { serverLimits } from './limits.ts'

/** Whoever reads along. */
export interface LogReader {
  /** A trace begins, from its first event. */
  opened(): void
  /** There is more, or less, than before. */
  changed(): void
  /** What comes after this cursor is gone. */
  cut(after: number): void
  /** How far it has taken events in. */
  readonly acked: number
}

/** The trace that the program shows: its latest events, and whoever reads them. Cursors count from 1. */
export class TraceLog {
  #header: TraceHeader | undefined
  #events: TraceEvent[] = []
  #dropped = 0
  readonly #readers = new Set<LogReader>()
  readonly #heldMax: number

  constructor(heldMax: number = serverLimits.heldEventsMax) {
    this.#heldMax = heldMax
  }

  get header(): TraceHeader | undefined {
    return this.#header
  }
  /** The cursor before the oldest that is held, and that of the latest. */
  get first(): number {
    return this.#dropped
  }
  get last(): number {
    return this.#dropped + this.#events.length
  }

  open(header: TraceHeader): void {
    this.#header = header
    this.#events = []
    this.#dropped = 0
    for (const reader of this.#readers) reader.opened()
  }

  append(events: readonly TraceEvent[]): void {
    if (events.length === 0) return
    for (const event of events) this.#events.push(event)
    if (this.#events.length > this.#heldMax) {
      const excess = this.#events.length - Math.floor(this.#heldMax * 0.9)
      this.#events = this.#events.slice(excess)
      this.#dropped += excess
    }
    for (const reader of this.#readers) reader.changed()
  }

  cut(after: number): void {
    this.#events.length = Math.max(0, after - this.#dropped)
    for (const reader of this.#readers) reader.cut(after)
  }

  /** Events after a cursor, at most so many. */
  read(after: number, max: number): readonly TraceEvent[] {
    const from = Math.max(0, after - this.#dropped)
    return this.#events.slice(from, from + max)
  }

  /** @returns what ends the reading */
  follow(reader: LogReader): () => void {
    this.#readers.add(reader)
    if (this.#header !== undefined) reader.opened()
    return () => this.#readers.delete(reader)
  }

  get readers(): number {
    return this.#readers.size
  }

  /** Somebody can take in more: what can wait (a file, a world) goes on only then. */
  get isWanted(): boolean {
    if (this.#readers.size === 0) return this.last < serverLimits.aheadEventsMax
    for (const { acked } of this.#readers) if (this.last - acked < serverLimits.aheadEventsMax) return true
    return false
  }
}
