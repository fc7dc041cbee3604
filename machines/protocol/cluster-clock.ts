import type { Quorums } from './quorums.ts'

/** Stands for the reading of a member that has told none. */
export const noReading = Number.NEGATIVE_INFINITY

/**
 * The cluster clock ([rule 10.2](./README.md#rule-10-2)): the latest time that the clocks of n-f members have reached,
 * which is the (n-f)-th largest of the readings. At most f clocks are wrong, so a right one has reached it, and f
 * clocks that lag or stand still do not hold it up.
 * @param readings one a member, this replica's own among them
 * @returns undefined while fewer than n-f are known
 */
export function clusterClock(readings: readonly number[], { slow }: Pick<Quorums, 'slow'>): number | undefined {
  let latest = noReading
  for (const reading of readings) {
    if (reading <= latest) continue
    let reached = 0
    for (const other of readings) if (other >= reading) reached++
    if (reached >= slow) latest = reading
  }
  return latest === noReading ? undefined : latest
}
