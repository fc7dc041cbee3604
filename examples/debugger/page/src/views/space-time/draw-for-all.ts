import type { TraceEvent, TraceHeader } from '../../../../trace/format.ts'
import { nameOf } from '../../../../trace/ids.ts'
import type { Palette } from '../../draw/colours.ts'
import type { Pen } from '../../draw/pen.ts'
import { type Places, top } from './frame.ts'

/** An event of no replica: something that is done to several, or said of all. */
export function drawForAll(
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
  const words = inWords(header, event)
  pen.text(x + 5, top + 4, words.length > 40 ? `${words.slice(0, 39)}…` : words, { fill: colours.ink, size: 11, alpha })
}

function inWords(header: TraceHeader, event: TraceEvent): string {
  if (event.kind === 'violation') return `violation: ${event.property}`
  if (event.kind !== 'fault') return event.kind
  const links = (event.links ?? []).map(([from, to]) => `${nameOf(header, from)}→${nameOf(header, to)}`)
  return `${event.what} ${links.join(' ')}`
}
