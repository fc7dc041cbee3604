import type { Id, TraceEvent, TraceHeader } from '../trace/format.ts'
import { modelLimits } from './limits.ts'
import { keyframe, newState } from './new-state.ts'
import { reduce } from './reduce.ts'
import type { State } from './state.ts'

/**
 * A trace as far as it is held, and one cursor in it. Cursors are numbers of events: 0 is before the first, `n` after the n-th.
 * Going anywhere costs at most as many events as lie between two keyframes. The oldest events go beyond `eventsMax`.
 */
export class Timeline {
  readonly header: TraceHeader
  /** At the end; it goes on with every event. */
  #head: State
  /** At the cursor, when that is not at the end. */
  #past: State | undefined
  /** In the order of their cursors. The first is where the events that are held begin. */
  #keyframes: State[]
  #events: TraceEvent[] = []
  /** Events that are held no more. */
  #dropped = 0
  readonly #byId = new Map<Id, number[]>()
  readonly #sendings = new Map<number, number>()
  readonly #eventsMax: number

  /** @param eventsMax that are held for going back */
  constructor(header: TraceHeader, eventsMax: number = modelLimits.eventsMax) {
    this.header = header
    this.#eventsMax = eventsMax
    this.#head = newState(header)
    this.#keyframes = [keyframe(this.#head)]
  }

  /** The state at the cursor. It changes in place: look at `state.cursor` to see whether it has. */
  get state(): State {
    return this.#past ?? this.#head
  }
  get cursor(): number {
    return this.state.cursor
  }
  /** The lowest cursor that one may go to. */
  get first(): number {
    return this.#dropped
  }
  /** The highest. */
  get last(): number {
    return this.#head.cursor
  }
  get isAtEnd(): boolean {
    return this.#past === undefined
  }

  /** The event that leads to a cursor; undefined for what is not held. */
  event(cursor: number): TraceEvent | undefined {
    return this.#events[cursor - this.#dropped - 1]
  }

  /** Events in the order of their cursors, `from` and `to` included. */
  *events(from = this.first + 1, to = this.last): Generator<readonly [cursor: number, event: TraceEvent]> {
    for (let at = Math.max(from, this.first + 1); at <= Math.min(to, this.last); at++) yield [at, this.event(at)!]
  }

  /** New events at the end; the cursor goes along while it stands there. */
  append(events: readonly TraceEvent[]): void {
    for (const event of events) {
      this.#events.push(event)
      reduce(this.#head, event)
      this.#index(event, this.#head.cursor)
      if (this.#head.cursor % modelLimits.keyframeEvents === 0) this.#keyframes.push(keyframe(this.#head))
    }
    if (this.#events.length > this.#eventsMax) this.#dropOldest()
  }

  /** Moves the cursor, into what is held. @returns the state there */
  seek(cursor: number): State {
    const to = Math.min(Math.max(Math.round(cursor), this.first), this.last)
    if (to === this.last) {
      this.#past = undefined
      return this.#head
    }
    if (this.#past === undefined || to < this.#past.cursor || this.#keyframeBefore(to).cursor > this.#past.cursor)
      this.#past = keyframe(this.#keyframeBefore(to))
    while (this.#past.cursor < to) reduce(this.#past, this.event(this.#past.cursor + 1)!)
    return this.#past
  }

  /** Forgets what comes after a cursor: another future follows. The cursor moves there if it stood beyond. */
  cut(after: number): void {
    const to = Math.min(Math.max(after, this.first), this.last)
    const wasAt = this.cursor
    const state = keyframe(this.#keyframeBefore(to))
    for (let at = state.cursor + 1; at <= to; at++) reduce(state, this.event(at)!)
    this.#keyframes = this.#keyframes.filter(each => each.cursor <= to)
    this.#events.length = to - this.#dropped
    this.#head = state
    this.#past = undefined
    for (const [id, cursors] of this.#byId) {
      const kept = cursors.filter(each => each <= to)
      if (kept.length === 0) this.#byId.delete(id)
      else this.#byId.set(id, kept)
    }
    for (const [no, each] of this.#sendings) if (each > to) this.#sendings.delete(no)
    if (wasAt < to) this.seek(wasAt)
  }

  /** The cursors of all that is told of an instance. */
  eventsOf(id: Id): readonly number[] {
    return this.#byId.get(id) ?? []
  }

  /** Where the message with this number left; undefined when that is not held. */
  sendingOf(no: number): number | undefined {
    return this.#sendings.get(no)
  }

  /** The last cursor at which it was not later than `ms`. */
  cursorAt(ms: number): number {
    let [low, high] = [this.first, this.last]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if (this.event(middle)!.ms <= ms) low = middle
      else high = middle - 1
    }
    return low
  }

  #keyframeBefore(cursor: number): State {
    let [low, high] = [0, this.#keyframes.length - 1]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if (this.#keyframes[middle]!.cursor <= cursor) low = middle
      else high = middle - 1
    }
    return this.#keyframes[low]!
  }

  #index(event: TraceEvent, cursor: number): void {
    for (const id of idsOf(event)) {
      const known = this.#byId.get(id)
      if (known === undefined) this.#byId.set(id, [cursor])
      else known.push(cursor)
    }
    if (event.kind === 'sent' && event.no !== undefined) this.#sendings.set(event.no, cursor)
  }

  /** A tenth, down to a keyframe, so that not every event moves the others. */
  #dropOldest(): void {
    const want = this.#dropped + this.#events.length - Math.floor(this.#eventsMax * 0.9)
    const from = this.#keyframes.findIndex(({ cursor }) => cursor >= want)
    if (from < 0) return
    this.#keyframes = this.#keyframes.slice(from)
    const first = this.#keyframes[0]!.cursor
    this.#events = this.#events.slice(first - this.#dropped)
    this.#dropped = first
    for (const [id, cursors] of this.#byId) {
      const kept = cursors.filter(cursor => cursor > first)
      if (kept.length === 0) this.#byId.delete(id)
      else this.#byId.set(id, kept)
    }
    for (const [no, cursor] of this.#sendings) if (cursor <= first) this.#sendings.delete(no)
    if (this.#past !== undefined && this.#past.cursor < first) this.#past = keyframe(this.#keyframes[0]!)
  }
}

/** The instances that an event is about. */
export function idsOf(event: TraceEvent): readonly Id[] {
  if ('id' in event) return [event.id]
  if ('message' in event) return event.message.id === undefined ? [] : [event.message.id]
  if (event.kind === 'executed') return event.component
  if (event.kind === 'violation' || event.kind === 'caption') return event.about ?? []
  return []
}
