import { encodeLine } from '../trace/codec.ts'
import type { TraceEvent, TraceHeader } from '../trace/format.ts'

/** A part of a trace as a trace of its own. What came before its first event is not in it, and a gap says so. */
export function toJsonl(header: TraceHeader, events: Iterable<TraceEvent>, missing = 0): string {
  const lines = [encodeLine(header)]
  for (const event of events) {
    if (lines.length === 1 && missing > 0)
      lines.push(
        encodeLine({
          kind: 'gap',
          ms: event.ms,
          at: header.members[0]!,
          events: missing,
          why: 'this is a part of a trace',
        }),
      )
    lines.push(encodeLine(event))
  }
  return lines.join('')
}
