import type { Palette } from '../../draw/colours.ts'
import type { Pen } from '../../draw/pen.ts'
import { timeInWords } from '../../parts/words.ts'
import type { Item } from './diagram.ts'
import { alphaOf, type Frame, left, type Places, right } from './frame.ts'

/** A lane a replica, and the times below. */
export function drawLanes(
  pen: Pen,
  { state, diagram: { items }, byTime }: Frame,
  places: Places,
  colours: Palette,
): void {
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
export function drawDown(pen: Pen, frame: Frame, places: Places, colours: Palette): void {
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
export function drawFlushes(pen: Pen, frame: Frame, places: Places, colours: Palette): void {
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
