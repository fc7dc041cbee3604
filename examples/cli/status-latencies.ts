import { numberOf, objectOf, type ReplicaStatusFields, shown } from './status-fields.ts'
import type { ReplicaReport } from './status-report.ts'

/** What makes latencies long, of the last 30 to 60 s; times in ms. */
export const latencyColumns = [
  'replica',
  'over',
  'flushes/s',
  'flush p50 ms',
  'p99',
  'max',
  'loop late p99 ms',
  'max',
  'collections (ms)',
  'longest',
] as const

/** A row for each replica that says it. */
export const latencyRows = (reports: readonly ReplicaReport[]): readonly (readonly string[])[] =>
  reports.flatMap(report => {
    const flushes = report.up ? objectOf(report.status, 'flushes') : undefined
    return report.up && flushes !== undefined ? [rowOf(report.status, flushes)] : []
  })

function rowOf(status: ReplicaStatusFields, flushes: ReplicaStatusFields): readonly string[] {
  const runtime = objectOf(status, 'runtime') ?? {}
  const delay = objectOf(runtime, 'eventLoopDelay') ?? {}
  const collections = objectOf(runtime, 'garbageCollection')
  // A flush that does not end is the longest one, too.
  const longest = Math.max(numberOf(flushes, 'maxMs') ?? 0, numberOf(flushes, 'underWayMs') ?? 0)
  return [
    shown(numberOf(status, 'member')),
    `${((numberOf(flushes, 'windowMs') ?? 0) / 1_000).toFixed(0)} s`,
    shown(numberOf(flushes, 'perSecond')),
    inMs(numberOf(flushes, 'p50Ms')),
    inMs(numberOf(flushes, 'p99Ms')),
    inMs(longest),
    inMs(numberOf(delay, 'p99Ms')),
    inMs(numberOf(delay, 'maxMs')),
    collections === undefined
      ? '-'
      : `${shown(numberOf(collections, 'count'))} in ${inMs(numberOf(collections, 'totalMs'))}`,
    inMs(collections && numberOf(collections, 'longestMs')),
  ]
}

const inMs = (ms: number | undefined): string => (ms === undefined ? '-' : ms.toFixed(2))
