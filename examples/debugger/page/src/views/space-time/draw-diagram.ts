import { duration } from '../../../../model/words.ts'
import type { Palette } from '../../draw/colours.ts'
import type { Pen } from '../../draw/pen.ts'
import type { Diagram } from './diagram.ts'
import { drawArrow } from './draw-arrow.ts'
import { drawItem, Room } from './draw-item.ts'
import { drawDown, drawFlushes, drawLanes } from './draw-lanes.ts'
import { type Frame, type Places, top } from './frame.ts'

export function drawDiagram(pen: Pen, frame: Frame, places: Places, colours: Palette): void {
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
  for (const item of frame.diagram.items) drawItem(pen, frame, places, colours, item, room)
}

/** How long what is shown lasts. */
export function lasts({ items }: Diagram): string {
  const [first, last] = [items[0], items.at(-1)]
  return first === undefined || last === undefined ? '' : duration(Math.max(0, last.event.ms - first.event.ms))
}
