import type { JSX } from 'preact'
import type { Timeline } from '../../../../model/timeline.ts'
import { eventInWords } from '../../../../model/words.ts'
import type { TraceEvent } from '../../../../trace/format.ts'
import { Linked } from '../../parts/replica.tsx'
import { timeInWords } from '../../parts/words.ts'
import { calm } from '../../state/shown.ts'

const happenedMax = 14
const happenedScannedMax = 2_000

/** The latest events; heartbeats and what replicas say to themselves aside. */
export function Happened({ timeline }: { timeline: Timeline }): JSX.Element {
  calm.value
  const { header, cursor } = timeline
  const rows: { cursor: number; event: TraceEvent }[] = []
  const lowest = Math.max(timeline.first, cursor - happenedScannedMax)
  for (let at = cursor; at > lowest && rows.length < happenedMax; at--) {
    const event = timeline.event(at)!
    const isNoise = 'message' in event ? event.message.id === undefined : event.kind.startsWith('flush')
    if (!isNoise) rows.push({ cursor: at, event })
  }
  if (rows.length === 0) return <p class="soft">Nothing yet. Press Run.</p>
  return (
    <ul class="happened">
      {rows.map(({ cursor, event }) => (
        <li key={cursor}>
          <span class="number">{timeInWords(event.ms)}</span>
          <span class="cut">
            <Linked header={header} text={eventInWords(header, event)} />
          </span>
        </li>
      ))}
    </ul>
  )
}
