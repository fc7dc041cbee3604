import { groupOf, type MessageGroup } from '../../../model/protocol.ts'
import type { State } from '../../../model/state.ts'
import { duration } from '../../../model/words.ts'
import type { TraceEvent, TraceHeader } from '../../../trace/format.ts'
import { labelOf } from '../../../trace/ids.ts'
import { type Palette, phaseOf } from '../draw/colours.ts'
import type { Pen } from '../draw/pen.ts'
import { timeInWords } from '../parts/words.ts'
import type { Arrow, Diagram, Item } from './diagram.ts'

export interface Frame {
  readonly diagram: Diagram
  readonly state: State
  /** One place an event, or a place by time. */
  readonly byTime: boolean
  readonly cursor: number
  readonly cone:
    | { readonly of: number; readonly before: ReadonlySet<number>; readonly after: ReadonlySet<number> }
    | undefined
  readonly over: Item | undefined
  readonly turns: readonly Turn[]
}

/** Replicas went down, or came up. */
export interface Turn {
  readonly cursor: number
  readonly members: readonly number[]
  readonly isDown: boolean
}

export interface Places {
  readonly lane: (rank: number) => number
  readonly x: (item: Item) => number
  readonly gap: number
  readonly width: number
  readonly height: number
}

const left = 54
const right = 24
const top = 26

export function placesOf({ diagram: { items }, state, byTime }: Frame, width: number, height: number): Places {
  const lanes = state.header.members.length
  const lane = (height - top - 24) / lanes
  const wide = width - left - right
  const gap = Math.min(60, wide / Math.max(1, items.length))
  const [fromMs, toMs] = [items[0]?.event.ms ?? 0, items.at(-1)?.event.ms ?? 1]
  const order = new Map(items.map((item, at) => [item.cursor, at]))
  return {
    width,
    height,
    gap,
    lane: rank => top + (rank + 0.5) * lane,
    x: item =>
      byTime
        ? left + ((item.event.ms - fromMs) / Math.max(0.001, toMs - fromMs)) * wide
        : left + ((order.get(item.cursor) ?? 0) + 0.5) * gap,
  }
}

/** Colours of messages by what they are for. */
export function groupColour(group: MessageGroup, { phases, soft }: Palette): string {
  switch (group) {
    case 'preAccept':
      return phases.preAccepted
    case 'accept':
      return phases.accepted
    case 'commit':
      return phases.committed
    case 'recover':
      return phases.recovering
    case 'other':
      return soft
  }
}

export function drawDiagram(pen: Pen, frame: Frame, places: Places, colours: Palette): void {
  const { header } = frame.state
  const { width, height } = places
  drawLanes(pen, frame, places, colours)
  drawDown(pen, frame, places, colours)
  const here = frame.diagram.items.findLast(({ cursor }) => cursor <= frame.cursor)
  if (here !== undefined) {
    const x = places.x(here) + (frame.byTime ? 0 : places.gap / 2)
    pen.line([x, top - 8, x, height - 20], { stroke: colours.accent, width: 1.5, dash: [4, 3] })
    if (x < width - 60) pen.text(x + 5, top - 10, 'cursor', { fill: colours.accent, size: 11 })
  }
  drawFlushes(pen, frame, places, colours)
  for (const arrow of frame.diagram.arrows) drawArrow(pen, frame, places, colours, arrow)
  const room = new Room()
  for (const item of frame.diagram.items) drawItem(pen, frame, places, colours, header, item, room)
}

/** Texts along a line that would run into each other are left out. */
class Room {
  readonly #takenUpTo = new Map<string, number>()
  isFree(line: string, x: number, width: number): boolean {
    if (x - width / 2 < (this.#takenUpTo.get(line) ?? 0)) return false
    this.#takenUpTo.set(line, x + width / 2 + 4)
    return true
  }
}

const alphaOf = ({ cone, cursor }: Frame, item: Item | undefined): number => {
  if (item === undefined) return 0.5
  if (cone !== undefined)
    return item.cursor === cone.of || cone.before.has(item.cursor) || cone.after.has(item.cursor) ? 1 : 0.12
  return item.cursor > cursor ? 0.35 : 1
}

function drawLanes(pen: Pen, { state, diagram: { items }, byTime }: Frame, places: Places, colours: Palette): void {
  const { header } = state
  header.members.forEach((_, rank) => {
    const y = places.lane(rank)
    pen.line([left - 10, y, places.width - 8, y], { stroke: colours.line, width: 2 })
    pen.rect(12, y - 13, 26, 26, { fill: colours.members[rank]! }, 5)
    pen.text(25, y, header.names[rank]!, { fill: '#fff', bold: true, anchor: 'middle', size: 14 })
    if (!state.replicas[rank]!.isUp)
      pen.text(25, y + 22, 'down', { fill: colours.alarm, bold: true, anchor: 'middle', size: 11 })
  })
  // A label of time every so often, where it fits.
  let free = left - 20
  for (const item of items) {
    const x = places.x(item)
    if (x < free) continue
    pen.text(x, places.height - 8, timeInWords(item.event.ms), {
      fill: colours.soft,
      size: 11,
      anchor: byTime ? 'start' : 'middle',
    })
    pen.line([x, places.height - 18, x, places.height - 14], { stroke: colours.soft })
    free = x + 110
  }
}

/** While a replica is down its line is broken. */
function drawDown(pen: Pen, frame: Frame, places: Places, colours: Palette): void {
  const { diagram, state, turns } = frame
  const { items } = diagram
  const firstCursor = items[0]?.cursor ?? 0
  /** Between two items stands what the filter leaves out. */
  const xAt = (cursor: number): number => {
    const before = items.findLast(each => each.cursor <= cursor)
    return before === undefined ? left - 10 : places.x(before) + (before.cursor === cursor ? 0 : 6)
  }
  state.header.members.forEach((member, rank) => {
    const own = turns.filter(({ members }) => members.includes(member))
    const y = places.lane(rank)
    own.forEach(({ cursor, isDown }, at) => {
      const next = own[at + 1]
      if (!isDown || (next !== undefined && next.cursor < firstCursor)) return
      const [from, to] = [xAt(cursor), next === undefined ? places.width - 8 : xAt(next.cursor)]
      pen.rect(from, y - 3, to - from, 6, { fill: colours.panel })
      pen.line([from, y, to, y], { stroke: colours.alarm, width: 2, dash: [3, 5] })
    })
  })
}

/** From the beginning of a flush to its end the replica waits for its disk. */
function drawFlushes(pen: Pen, frame: Frame, places: Places, colours: Palette): void {
  const began = new Map<number, Item>()
  const bar = (rank: number, from: number, to: number, alpha: number) =>
    pen.rect(from, places.lane(rank) - 5, Math.max(2, to - from), 10, { fill: colours.soft, alpha: alpha * 0.3 }, 3)
  for (const item of frame.diagram.items) {
    const { event } = item
    if (event.kind === 'flushBegan') began.set(event.at, item)
    if (event.kind !== 'flushEnded') continue
    const from = began.get(event.at)
    began.delete(event.at)
    const rank = frame.state.header.members.indexOf(event.at)
    bar(rank, from === undefined ? left - 10 : places.x(from), places.x(item), alphaOf(frame, item))
  }
  for (const [member, item] of began)
    bar(frame.state.header.members.indexOf(member), places.x(item), places.width - right, alphaOf(frame, item))
}

function drawArrow(pen: Pen, frame: Frame, places: Places, colours: Palette, arrow: Arrow): void {
  const { from, to, type, isLost } = arrow
  const ranks = ranksOf(frame.state.header, arrow)
  const [y1, y2] = [places.lane(ranks[0]), places.lane(ranks[1])]
  const colour = groupColour(groupOf(type), colours)
  const alpha = Math.min(alphaOf(frame, from ?? to), alphaOf(frame, to ?? from))
  const isOver = frame.over !== undefined && (frame.over === from || frame.over === to)
  const width = isOver ? 2.6 : 1.4
  const x1 = from === undefined ? Math.max(left - 8, places.x(to!) - 60) : places.x(from)
  if (to === undefined) {
    // Under way, or its arrival lies beyond what is shown.
    const x2 = Math.min(places.width - 6, x1 + 40)
    pen.line([x1, y1, x2, y1 + (y2 - y1) * 0.3], { stroke: colour, width, alpha: alpha * 0.8, dash: [3, 3] })
    return
  }
  const x2 = places.x(to)
  if (isLost) {
    const [cx, cy] = [(x1 + x2) / 2 + 6, y1 + (y2 - y1) * 0.4]
    pen.line([x1, y1, cx, cy], { stroke: colour, width, alpha, dash: [4, 2] })
    pen.line([cx - 4, cy - 4, cx + 4, cy + 4], { stroke: colours.alarm, width: 2, alpha })
    pen.line([cx - 4, cy + 4, cx + 4, cy - 4], { stroke: colours.alarm, width: 2, alpha })
    return
  }
  pen.line([x1, y1, x2, y2], { stroke: colour, width, alpha, ...(from === undefined ? { dash: [2, 3] } : undefined) })
  const length = Math.hypot(x2 - x1, y2 - y1)
  if (length < 4) return
  const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length]
  const [tx, ty] = [x2 - ux * 4, y2 - uy * 4]
  pen.line([tx - ux * 7 - uy * 3.5, ty - uy * 7 + ux * 3.5, tx, ty, tx - ux * 7 + uy * 3.5, ty - uy * 7 - ux * 3.5], {
    fill: colour,
    alpha,
  })
  if (places.gap < 22 && !isOver) return
  const at = 0.42
  pen.text(x1 + (x2 - x1) * at + 4, y1 + (y2 - y1) * at, type, { fill: colours.ink, size: 10.5, alpha: alpha * 0.9 })
}

function ranksOf({ members }: TraceHeader, { from, to }: Arrow): [from: number, to: number] {
  const event = (from ?? to)!.event
  if (event.kind === 'received') return [members.indexOf(event.from), members.indexOf(event.at)]
  if (event.kind === 'sent' || event.kind === 'lost') return [members.indexOf(event.at), members.indexOf(event.to)]
  return [0, 0]
}

function drawItem(
  pen: Pen,
  frame: Frame,
  places: Places,
  colours: Palette,
  header: TraceHeader,
  item: Item,
  room: Room,
): void {
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
  switch (event.kind) {
    case 'stepped':
      pen.circle(x, y, 5, {
        fill: colours.phases[phaseOf(event.after.split('/'), false)],
        stroke: colours.ink,
        width: 1,
        alpha,
      })
      if (places.gap >= 20) label(event.after.split('/').at(-1)!)
      break
    case 'committed':
      pen.line([x, y - 8, x + 7, y, x, y + 8, x - 7, y, x, y - 8], {
        fill: colours.phases.committed,
        stroke: colours.ink,
        alpha,
      })
      label(`${labelOf(header, event.id)} ✓`)
      break
    case 'executed':
      pen.rect(x - 5, y - 5, 10, 10, { fill: colours.phases.executed, stroke: colours.ink, alpha })
      label(event.component.map(id => labelOf(header, id)).join(' '))
      break
    case 'timer':
      pen.line([x, y - 7, x + 6, y + 5, x - 6, y + 5, x, y - 7], {
        fill: colours.warn,
        stroke: colours.ink,
        width: 0.8,
        alpha,
      })
      if (places.gap >= 12) label(event.move)
      break
    case 'flushBegan':
    case 'flushEnded':
      pen.line([x, y - 6, x, y + 6], { stroke: colours.soft, width: 2, alpha })
      break
    case 'link':
      pen.text(x, y + 15, `${event.state} ${header.names[header.members.indexOf(event.peer)]}`, {
        fill: event.state === 'suspected' ? colours.warn : colours.soft,
        size: 10.5,
        anchor: 'middle',
        alpha,
      })
      break
    case 'rejected':
      pen.text(x, y + 1, '⊘', { fill: colours.alarm, size: 14, anchor: 'middle', alpha })
      break
    case 'gap':
    case 'skipped':
      pen.rect(x - 3, y - 12, 6, 24, { fill: colours.warn, alpha: alpha * 0.5 })
      label(`${event.events} missing`)
      break
    default:
      pen.circle(x, y, 2.2, { fill: colours.ink, alpha })
  }
  // Lamport's clock, where there is room for it.
  if (
    'clock' in event &&
    event.clock !== undefined &&
    event.kind !== 'link' &&
    room.isFree(`below ${rank}`, x, String(event.clock).length * 5.5)
  )
    pen.text(x, y + 16, String(event.clock), { fill: colours.soft, size: 9, anchor: 'middle', alpha })
}

function drawForAll(
  pen: Pen,
  places: Places,
  colours: Palette,
  header: TraceHeader,
  event: TraceEvent,
  x: number,
  alpha: number,
): void {
  if (event.kind === 'caption' || event.kind === 'end') {
    pen.line([x, top, x, places.height - 20], { stroke: colours.accent, width: 1, alpha: alpha * 0.5 })
    return
  }
  const colour = event.kind === 'violation' ? colours.alarm : colours.warn
  if (event.kind === 'fault' && event.links === undefined) {
    for (const member of event.members) {
      const y = places.lane(header.members.indexOf(member))
      pen.rect(x - 2, y - 20, 4, 40, { fill: colour, alpha })
      pen.text(x + 5, y - 24, event.what, { fill: colours.ink, size: 11, bold: true, alpha })
    }
    return
  }
  pen.line([x, top, x, places.height - 20], { stroke: colour, width: 2, dash: [6, 3], alpha })
  const words =
    event.kind === 'violation'
      ? `violation: ${event.property}`
      : event.kind === 'fault'
        ? `${event.what} ${(event.links ?? []).map(([a, b]) => `${header.names[header.members.indexOf(a)]}→${header.names[header.members.indexOf(b)]}`).join(' ')}`
        : event.kind
  pen.text(x + 5, top + 4, words.length > 40 ? `${words.slice(0, 39)}…` : words, { fill: colours.ink, size: 11, alpha })
}

/** How long what is shown lasts. */
export function lasts({ items }: Diagram): string {
  const [first, last] = [items[0], items.at(-1)]
  return first === undefined || last === undefined ? '' : duration(Math.max(0, last.event.ms - first.event.ms))
}
