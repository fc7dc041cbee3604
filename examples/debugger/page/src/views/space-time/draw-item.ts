import { duration } from '../../../../model/words.ts'
import type { EventKind, EventOf, TraceEvent, TraceHeader } from '../../../../trace/format.ts'
import { labelOf } from '../../../../trace/ids.ts'
import { type Palette, phaseOf } from '../../draw/colours.ts'
import type { Pen } from '../../draw/pen.ts'
import type { Item } from './diagram.ts'
import { drawForAll } from './draw-for-all.ts'
import { alphaOf, type Frame, type Places } from './frame.ts'

/** Texts along a line that would run into each other are left out. */
export class Room {
  readonly #takenUpTo = new Map<string, number>()
  isFree(line: string, x: number, width: number): boolean {
    if (x - width / 2 < (this.#takenUpTo.get(line) ?? 0)) return false
    this.#takenUpTo.set(line, x + width / 2 + 4)
    return true
  }
}

/** Where an event of a replica is drawn, and with what. */
interface Spot {
  readonly pen: Pen
  readonly colours: Palette
  readonly header: TraceHeader
  readonly x: number
  readonly y: number
  readonly alpha: number
  /** Pixels between two events. */
  readonly gap: number
  /** Above the event, if there is room for it. */
  label(text: string): void
}

type Marks = { readonly [K in EventKind]?: (spot: Spot, event: EventOf<K>) => void }

/** How events look; those that are not listed are dots. */
const marks: Marks = {
  stepped({ pen, colours, x, y, alpha, gap, label }, { after }) {
    const fill = colours.phases[phaseOf(after.split('/'), false)]
    pen.circle(x, y, 5, { fill, stroke: colours.ink, width: 1, alpha })
    if (gap >= 20) label(after.split('/').at(-1)!)
  },
  committed({ pen, colours, header, x, y, alpha, label }, { id }) {
    const rhombus = [x, y - 8, x + 7, y, x, y + 8, x - 7, y, x, y - 8]
    pen.line(rhombus, { fill: colours.phases.committed, stroke: colours.ink, alpha })
    label(`${labelOf(header, id)} ✓`)
  },
  executed({ pen, colours, header, x, y, alpha, label }, { component }) {
    pen.rect(x - 5, y - 5, 10, 10, { fill: colours.phases.executed, stroke: colours.ink, alpha })
    label(component.map(id => labelOf(header, id)).join(' '))
  },
  timer({ pen, colours, x, y, alpha, gap, label }, { move }) {
    const triangle = [x, y - 7, x + 6, y + 5, x - 6, y + 5, x, y - 7]
    pen.line(triangle, { fill: colours.warn, stroke: colours.ink, width: 0.8, alpha })
    if (gap >= 12) label(move)
  },
  flushBegan: drawFlushEdge,
  flushEnded: drawFlushEdge,
  link({ pen, colours, header, x, y, alpha }, { state, peer }) {
    const fill = state === 'suspected' ? colours.warn : colours.soft
    const name = header.names[header.members.indexOf(peer)]
    pen.text(x, y + 15, `${state} ${name}`, { fill, size: 10.5, anchor: 'middle', alpha })
  },
  stalled({ pen, colours, x, y, alpha, label }, { forMs }) {
    pen.rect(x - 9, y - 6, 9, 12, { fill: colours.warn, alpha: alpha * 0.6 })
    label(`stood still ${duration(forMs)}`)
  },
  rejected({ pen, colours, x, y, alpha }) {
    pen.text(x, y + 1, '⊘', { fill: colours.alarm, size: 14, anchor: 'middle', alpha })
  },
  gap: drawMissing,
  skipped: drawMissing,
}

function drawFlushEdge({ pen, colours, x, y, alpha }: Spot): void {
  pen.line([x, y - 6, x, y + 6], { stroke: colours.soft, width: 2, alpha })
}

function drawMissing({ pen, colours, x, y, alpha, label }: Spot, { events }: EventOf<'gap' | 'skipped'>): void {
  pen.rect(x - 3, y - 12, 6, 24, { fill: colours.warn, alpha: alpha * 0.5 })
  label(`${events} missing`)
}

/** One event, at its replica's lane or across all of them. */
export function drawItem(pen: Pen, frame: Frame, places: Places, colours: Palette, item: Item, room: Room): void {
  const { header } = frame.state
  const { event } = item
  const x = places.x(item)
  const alpha = alphaOf(frame, item)
  if (!('at' in event)) {
    drawForAll(pen, places, colours, header, event, x, alpha)
    return
  }
  const rank = header.members.indexOf(event.at)
  const y = places.lane(rank)
  const isLoud = frame.over === item || frame.cone?.of === item.cursor
  if (isLoud) pen.circle(x, y, 11, { stroke: colours.accent, width: 2 })
  const label = (text: string) => {
    if (isLoud || room.isFree(`above ${rank}`, x, text.length * 6))
      pen.text(x, y - 16, text, { fill: colours.ink, size: 10.5, anchor: 'middle', alpha })
  }
  const mark = marks[event.kind] as ((spot: Spot, event: TraceEvent) => void) | undefined
  if (mark === undefined) pen.circle(x, y, 2.2, { fill: colours.ink, alpha })
  else mark({ pen, colours, header, x, y, alpha, gap: places.gap, label }, event)
  // Lamport's clock, where there is room for it.
  if (
    'clock' in event &&
    event.clock !== undefined &&
    event.kind !== 'link' &&
    event.kind !== 'gate' &&
    event.kind !== 'reads' &&
    room.isFree(`below ${rank}`, x, String(event.clock).length * 5.5)
  )
    pen.text(x, y + 16, String(event.clock), { fill: colours.soft, size: 9, anchor: 'middle', alpha })
}
