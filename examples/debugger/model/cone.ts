import type { TraceEvent } from '../trace/format.ts'
import type { Timeline } from './timeline.ts'

/** Cursors of events, in their order. */
export interface Cone {
  /** What may have led to the event. */
  readonly before: readonly number[]
  /** What the event may have led to. */
  readonly after: readonly number[]
}

/** Events looked at on either side: what lies further away is hardly asked for. */
const coneEventsMax = 20_000

/** All that happened before an event at its replica, or reached it by messages; and all that it may have led to. */
export function causalCone(timeline: Timeline, cursor: number): Cone {
  const event = timeline.event(cursor)
  if (event === undefined || !('at' in event)) return { before: [], after: [] }
  return { before: past(timeline, cursor, event.at), after: future(timeline, cursor, event.at) }
}

function past(timeline: Timeline, cursor: number, at: number): readonly number[] {
  /** By member, up to which cursor its events belong to the cone. */
  const upTo = new Map([[at, cursor]])
  const found: number[] = []
  const lowest = Math.max(timeline.first + 1, cursor - coneEventsMax)
  for (let each = cursor; each >= lowest; each--) {
    const event = timeline.event(each)!
    if (!isOf(event) || each > (upTo.get(event.at) ?? -1)) continue
    if (each !== cursor) found.push(each)
    if (event.kind !== 'received' || event.no === undefined) continue
    const sending = timeline.sendingOf(event.no)
    if (sending !== undefined) upTo.set(event.from, Math.max(upTo.get(event.from) ?? -1, sending))
  }
  return found.reverse()
}

function future(timeline: Timeline, cursor: number, at: number): readonly number[] {
  const reached = new Set([at])
  const messages = new Set<number>()
  const found: number[] = []
  const highest = Math.min(timeline.last, cursor + coneEventsMax)
  for (let each = cursor; each <= highest; each++) {
    const event = timeline.event(each)!
    if (!isOf(event)) continue
    if (event.kind === 'received' && event.no !== undefined && messages.has(event.no)) reached.add(event.at)
    if (!reached.has(event.at)) continue
    if (each !== cursor) found.push(each)
    if (event.kind === 'sent' && event.no !== undefined) messages.add(event.no)
  }
  return found
}

const isOf = (event: TraceEvent): event is Extract<TraceEvent, { at: number }> => 'at' in event
