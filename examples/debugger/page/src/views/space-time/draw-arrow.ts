import { groupOf, type MessageGroup } from '../../../../model/protocol.ts'
import type { TraceHeader } from '../../../../trace/format.ts'
import { labelOf, vectorInWords } from '../../../../trace/ids.ts'
import type { Palette } from '../../draw/colours.ts'
import type { Pen } from '../../draw/pen.ts'
import type { Arrow } from './diagram.ts'
import { alphaOf, type Frame, left, type Places } from './frame.ts'

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

/** A message from lane to lane. */
export function drawArrow(pen: Pen, frame: Frame, places: Places, colours: Palette, arrow: Arrow): void {
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
  pen.text(x1 + (x2 - x1) * at + 4, y1 + (y2 - y1) * at, inWords(frame, arrow), {
    fill: colours.ink,
    size: 10.5,
    alpha: alpha * 0.9,
  })
}

/** The message's type; where many instances are shown, which one it is about, and the dependencies that it carries, if few. */
function inWords({ state: { header }, isOfOne }: Frame, { from, to, type }: Arrow): string {
  const event = (from ?? to)?.event
  const message = event !== undefined && 'message' in event ? event.message : undefined
  if (isOfOne || message?.id === undefined) return type
  const few = message.dep?.some(index => index > 0) === true && message.dep.filter(index => index > 0).length <= 2
  return `${type} ${labelOf(header, message.id)}${few ? ` ${vectorInWords(header, message.dep)}` : ''}`
}

function ranksOf({ members }: TraceHeader, { from, to }: Arrow): [from: number, to: number] {
  const event = (from ?? to)!.event
  if (event.kind === 'received') return [members.indexOf(event.from), members.indexOf(event.at)]
  if (event.kind === 'sent' || event.kind === 'lost') return [members.indexOf(event.at), members.indexOf(event.to)]
  return [0, 0]
}
