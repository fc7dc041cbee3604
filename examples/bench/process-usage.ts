import { readdirSync, readFileSync } from 'node:fs'

/** What a process has used so far. */
export interface ProcessUsage {
  readonly cpuUs: number
  /** Time in which its threads could have run, and waited for a core: what others on the machine, or too few cores, cost it. */
  readonly waitUs: number
  readonly rssBytes: number
}

/** USER_HZ: what /proc counts in, 100 a second on every architecture that Node runs on. */
const usPerTick = 10_000
const bytesPerKib = 1_024

/** The fields of `/proc/PID/stat` after the name, which may hold blanks and brackets: utime and stime are the 14th and 15th of all. */
export function cpuUsOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * usPerTick
}

/** VmRSS of `/proc/PID/status`. */
export const rssBytesOf = (status: string): number => Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * bytesPerKib

/** The second number of `/proc/PID/task/TID/schedstat`, in nanoseconds there. */
export const waitUsOf = (schedstat: string): number => Number(schedstat.split(' ')[1]) / 1_000

/** Of a process on this machine; undefined where there is no /proc, or the process is gone. */
export function usageOf(pid: number): ProcessUsage | undefined {
  try {
    return {
      cpuUs: cpuUsOf(readFileSync(`/proc/${pid}/stat`, 'latin1')),
      waitUs: readdirSync(`/proc/${pid}/task`).reduce(
        (sum, task) => sum + waitUsOf(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'latin1')),
        0,
      ),
      rssBytes: rssBytesOf(readFileSync(`/proc/${pid}/status`, 'latin1')),
    }
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return undefined
    throw error
  }
}

/** What all of them together used of something between two looks; undefined when one cannot be looked at. */
export function usedBetween(
  what: 'cpuUs' | 'waitUs',
  before: readonly (ProcessUsage | undefined)[],
  after: readonly (ProcessUsage | undefined)[],
): number | undefined {
  let sum = 0
  for (const [at, end] of after.entries()) {
    const begin = before[at]
    if (begin === undefined || end === undefined) return undefined
    sum += end[what] - begin[what]
  }
  return after.length === 0 ? undefined : sum
}
