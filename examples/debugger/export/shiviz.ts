import { eventInWords } from '../model/words.ts'
import type { TraceEvent, TraceHeader } from '../trace/format.ts'
import { nameOf } from '../trace/ids.ts'

/** What ShiViz is to be told to read the log with. */
export const shiVizPattern = '(?<host>\\S*) (?<clock>{.*})\\n(?<event>.*)'

/** Names of hosts: a number alone would be one of their clocks. */
const hostOf = (header: TraceHeader, member: number): string => `replica-${nameOf(header, member)}`

/** The events of replicas as a ShiViz log, with vector clocks; the first line is the pattern that reads it. */
export function toShiViz(header: TraceHeader, events: Iterable<TraceEvent>): string {
  const clocks = new Map(header.members.map(member => [member, new Map([[member, 0]])]))
  const sendings = new Map<number, ReadonlyMap<number, number>>()
  const lines = [shiVizPattern, '']
  for (const event of events) {
    if (!('at' in event) || event.kind === 'gap' || event.kind === 'skipped' || event.kind === 'lost') continue
    const clock = clocks.get(event.at)!
    if (event.kind === 'received' && event.no !== undefined)
      for (const [member, time] of sendings.get(event.no) ?? [])
        clock.set(member, Math.max(clock.get(member) ?? 0, time))
    clock.set(event.at, clock.get(event.at)! + 1)
    if (event.kind === 'sent' && event.no !== undefined) sendings.set(event.no, new Map(clock))
    const told = Object.fromEntries([...clock].map(([member, time]) => [hostOf(header, member), time]))
    lines.push(`${hostOf(header, event.at)} ${JSON.stringify(told)}`, eventInWords(header, event))
  }
  return `${lines.join('\n')}\n`
}
