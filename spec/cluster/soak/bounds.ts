/** What is judged, as issue 4 says it. */
export const bounds = {
  /** Resident memory at the end, of that after the first tenth. */
  residentGrowth: 1.2,
  /** Disk in the later half, of that in the earlier one. */
  diskGrowth: 1.2,
  /** Throughput in the last tenth, of that in the first. */
  throughputKept: 0.9,
  /** Throughput of the others while one starts and catches up, of that with all there, before and after. */
  throughputKeptDuringCatchUp: 0.7,
  readyMs: 3_000,
} as const

/** Why a run fails: empty when all is well. */
export type Objections = readonly string[]

const percent = (ratio: number): string => `${(ratio * 100).toFixed(0)} %`

/** Later than the first tenth memory may grow by a share. */
export const objectToResident = (id: number, early: number, late: number): Objections =>
  late <= early * bounds.residentGrowth
    ? []
    : [`replica ${id} has ${percent(late / early)} of the resident memory that it had after the first tenth`]

/** Sizes in the order of time, over a history that goes on: the later half is not larger than the earlier one, but for a share. */
export function objectToDisk(id: number, sizes: readonly number[]): Objections {
  const half = Math.floor(sizes.length / 2)
  const ratio = Math.max(...sizes.slice(half)) / Math.max(...sizes.slice(0, half))
  return ratio <= bounds.diskGrowth
    ? []
    : [`the disk of replica ${id} grows with the history: ${percent(ratio)} of the earlier half in the later`]
}

export const objectToThroughput = (what: string, before: number, now: number, kept: number): Objections =>
  now >= before * kept ? [] : [`throughput ${what} is ${percent(now / before)} of what it was`]

export const objectToReady = (id: number, readyMs: number): Objections =>
  readyMs < bounds.readyMs ? [] : [`replica ${id} was ready ${Math.round(readyMs)} ms after it was started again`]

export const objectToFailures = (failures: ReadonlyMap<string, number>): Objections =>
  [...failures].map(([code, count]) => `${count} commands ended with '${code}'`)
