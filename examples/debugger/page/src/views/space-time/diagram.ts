import { causalCone } from '../../../../model/cone.ts'
import { type Filter, matches } from '../../../../model/filter.ts'
import type { Timeline } from '../../../../model/timeline.ts'
import type { Id, TraceEvent } from '../../../../trace/format.ts'
import { pageLimits } from '../../limits.ts'

/** What the space-time diagram shows: events around the cursor, and the messages between them. */

export interface Wanted {
  readonly id: Id | undefined
  readonly key: string
  readonly type: string
  readonly withHeartbeats: boolean
  readonly max: number
}

export interface Item {
  readonly cursor: number
  readonly event: TraceEvent
}

export interface Arrow {
  readonly type: string
  readonly from: Item | undefined
  readonly to: Item | undefined
  readonly isLost: boolean
}

export interface Diagram {
  readonly items: readonly Item[]
  readonly arrows: readonly Arrow[]
  /** Events in between that the filter leaves out; of how many that were looked at. */
  readonly hidden: number
  /** There is more to the left, or right, that fits. */
  readonly isCutOff: boolean
}

export function diagramOf(timeline: Timeline, wanted: Wanted): Diagram {
  const { cursor } = timeline
  const max = Math.min(wanted.max, pageLimits.diagramEventsMax)
  const after = timeline.isAtEnd ? 0 : Math.ceil(max / 4)
  const [later, isCutAfter] = collect(timeline, wanted, cursor + 1, 1, after)
  const [earlier, isCutBefore] = collect(timeline, wanted, cursor, -1, max - later.length)
  const items = [...earlier.reverse(), ...later]
  const [first, last] = [items[0]?.cursor ?? cursor, items.at(-1)?.cursor ?? cursor]
  return {
    items,
    arrows: arrowsOf(items),
    hidden: Math.max(0, last - first + 1 - items.length),
    isCutOff: isCutAfter || isCutBefore,
  }
}

/** In one direction, from a cursor on, until there are enough or too many were looked at. */
function collect(
  timeline: Timeline,
  wanted: Wanted,
  from: number,
  by: 1 | -1,
  max: number,
): [items: Item[], isCut: boolean] {
  const filter: Filter = {
    ...(wanted.id === undefined ? undefined : { ids: new Set([wanted.id]) }),
    ...(wanted.key === '' ? undefined : { key: wanted.key }),
    ...(wanted.type === '' ? undefined : { types: new Set([wanted.type]) }),
  }
  const items: Item[] = []
  let looked = 0
  for (const cursor of candidates(timeline, wanted.id, from, by)) {
    if (items.length >= max || ++looked > pageLimits.diagramScannedMax) return [items, true]
    const event = timeline.event(cursor)!
    if (isShown(event, wanted) && matches(filter, event, timeline.state)) items.push({ cursor, event })
  }
  return [items, false]
}

function* candidates(timeline: Timeline, id: Id | undefined, from: number, by: 1 | -1): Generator<number> {
  if (id === undefined) {
    for (let at = from; at > timeline.first && at <= timeline.last; at += by) yield at
    return
  }
  const cursors = timeline.eventsOf(id)
  const ordered = by === 1 ? cursors : [...cursors].reverse()
  for (const each of ordered) if (by === 1 ? each >= from : each <= from) yield each
}

/** What a replica says to itself crosses no lane; a record in memory is told by the step beside it. */
function isShown(event: TraceEvent, { withHeartbeats, id, type }: Wanted): boolean {
  if ('message' in event) {
    if (event.kind === 'sent' && event.to === event.at) return false
    if (event.kind === 'received' && event.from === event.at) return false
    return withHeartbeats || event.message.type !== 'heartbeat'
  }
  if (type !== '') return event.kind === 'fault' || event.kind === 'violation'
  if (event.kind === 'stepped') return event.before !== event.after
  if (event.kind === 'written' || event.kind === 'replica' || event.kind === 'truncated') return false
  return id === undefined || (event.kind !== 'flushBegan' && event.kind !== 'flushEnded')
}

function arrowsOf(items: readonly Item[]): readonly Arrow[] {
  const sendings = new Map<number, Item>()
  const arrows: Arrow[] = []
  for (const item of items) {
    const { event } = item
    if (!('message' in event)) continue
    const { type } = event.message
    if (event.kind === 'sent') {
      if (event.no !== undefined) sendings.set(event.no, item)
      continue
    }
    if (event.kind === 'rejected') continue
    const from = event.no === undefined ? undefined : sendings.get(event.no)
    if (event.no !== undefined && !('repeated' in event)) sendings.delete(event.no)
    arrows.push({ type, from, to: item, isLost: event.kind === 'lost' })
  }
  for (const from of sendings.values())
    if ('message' in from.event) arrows.push({ type: from.event.message.type, from, to: undefined, isLost: false })
  return arrows
}

let lastCone: { timeline: Timeline; cursor: number; last: number; cone: Cones } | undefined
interface Cones {
  readonly before: ReadonlySet<number>
  readonly after: ReadonlySet<number>
}

/** Kept for the next frame: it costs more than one. */
export function coneAt(timeline: Timeline, cursor: number): Cones {
  const { last } = timeline
  if (lastCone?.timeline === timeline && lastCone.cursor === cursor && lastCone.last >= last - 1_000)
    return lastCone.cone
  const { before, after } = causalCone(timeline, cursor)
  const cone = { before: new Set(before), after: new Set(after) }
  lastCone = { timeline, cursor, last, cone }
  return cone
}
