import { stallCauses } from '../../index.ts'
import { numberOf, objectOf, type ReplicaStatusFields, shown } from './status-fields.ts'
import type { ReplicaReport } from './status-report.ts'

/** A stall is history after so long: the status of programs still has it. */
const recentMs = 600_000

/** What held the event loop of each replica that stood still in the last ten minutes: its longest stall there. */
export const stallLines = (reports: readonly ReplicaReport[]): readonly string[] =>
  reports.flatMap(report => (report.up ? lineOf(report.status) : []))

function lineOf(status: ReplicaStatusFields): readonly string[] {
  const stalls = objectOf(status, 'stalls')
  const latest = Array.isArray(stalls?.latest) ? (stalls.latest as readonly ReplicaStatusFields[]) : []
  const recent = latest.filter(each => (numberOf(each, 'agoMs') ?? Number.POSITIVE_INFINITY) <= recentMs)
  const longest = recent.reduce<ReplicaStatusFields | undefined>(
    (most, each) => ((numberOf(each, 'ms') ?? 0) > ((most && numberOf(most, 'ms')) ?? 0) ? each : most),
    undefined,
  )
  if (stalls === undefined || longest === undefined) return []
  const { cause } = longest
  const words = typeof cause === 'string' && cause in stallCauses ? stallCauses[cause as keyof typeof stallCauses] : '-'
  const ago = ((numberOf(longest, 'agoMs') ?? 0) / 1_000).toFixed(0)
  const count = numberOf(stalls, 'count') ?? 0
  const since = count === 1 ? 'once' : `${count} times`
  return [
    `replica ${shown(numberOf(status, 'member'))}: nobody was answered for ${shown(numberOf(longest, 'ms'))} ms, ${ago} s ago (${words}); ` +
      `${since} since its start, for ${shown(numberOf(stalls, 'longestMs'))} ms at most`,
  ]
}
