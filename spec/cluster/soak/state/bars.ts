import type { StateMeasures } from './measures.ts'

/** One bound, and how the run stands to it. */
export interface Bar {
  readonly name: string
  readonly unit: 'ms' | 'MiB' | 'times' | 'count'
  readonly bound: { readonly atMost: number } | { readonly atLeast: number }
  /** Undefined: the run was too short, or left out, to say. */
  readonly value: number | undefined
  readonly isMet: boolean | undefined
}

export const bounds = {
  silenceMs: 100,
  p999Ms: 100,
  loopDelayMs: 50,
  /** Of the throughput at 1,000 keys. */
  throughputKept: 0.8,
  /** Resident memory: so many times the data, and so many MiB. */
  dataTimes: 5,
  residentMib: 150,
  readyMs: 5_000,
  stopMs: 2_000,
} as const

const mib = 1024 * 1024

const atMost = (name: string, unit: Bar['unit'], most: number, value: number | undefined): Bar => ({
  name,
  unit,
  bound: { atMost: most },
  value,
  isMet: value === undefined ? undefined : value <= most,
})

const atLeast = (name: string, unit: Bar['unit'], least: number, value: number | undefined): Bar => ({
  name,
  unit,
  bound: { atLeast: least },
  value,
  isMet: value === undefined ? undefined : value >= least,
})

const most = (values: readonly number[]): number | undefined => (values.length === 0 ? undefined : Math.max(...values))

/** All bounds of a run. The time after a kill, in which the others notice it, is not judged but for failures. */
export function barsOf({ dataBytes, ratio, judged, crash, looks, restart, stopsMs, equal }: StateMeasures): Bar[] {
  const failures = [judged, ...(crash === undefined ? [] : [crash])].flatMap(each => Object.values(each.failures))
  const loops = looks.replicas.flatMap(({ loop }) => (loop === undefined ? [] : [loop.longestMs]))
  const residentMax = (bounds.dataTimes * dataBytes) / mib + bounds.residentMib
  const ready = restart && [...restart.replicas.map(each => each.voteMs), restart.answerMs]
  return [
    atMost('longest time without an answer to anybody', 'ms', bounds.silenceMs, judged.silenceMs),
    atMost('p99.9', 'ms', bounds.p999Ms, judged.p999Ms),
    atMost(
      'operations that failed, or whose outcome is unknown',
      'count',
      0,
      failures.reduce((sum, count) => sum + count, 0),
    ),
    atMost('suspicions of replicas that ran', 'count', 0, looks.suspicions.length),
    atMost('loop delay of a replica', 'ms', bounds.loopDelayMs, most(loops)),
    atLeast('throughput, of that at few keys', 'times', bounds.throughputKept, ratio),
    atMost(
      'resident memory of a replica',
      'MiB',
      residentMax,
      (most(looks.replicas.map(each => each.residentMax)) ?? 0) / mib,
    ),
    atMost('voting and answering after kill -9 of all', 'ms', bounds.readyMs, ready && most(ready)),
    atMost('SIGTERM', 'ms', bounds.stopMs, most(stopsMs)),
    atMost('replicas or keys that differ at the end', 'count', 0, equal.differences.length),
  ]
}
