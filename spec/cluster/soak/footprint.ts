import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { RealCluster } from '../real-cluster.ts'

/** What one replica takes up. Sizes in bytes. */
export interface Footprint {
  readonly resident: number
  /** Processor time since its start, ms; undefined where the system does not say. On a shared machine it says more than the clock. */
  readonly processorMs: number | undefined
  /** Its data directory: the database and its write-ahead log, which shrinks only after a burst. */
  readonly disk: number
  /** Instance actors alive, and instances of which something is kept. */
  readonly actors: number
  readonly records: number
  readonly indexKeys: number
}

export async function footprintOf(cluster: RealCluster, id: number): Promise<Footprint> {
  const { actors, records, indexKeys } = await cluster.status(id)
  return {
    resident: residentBytes(cluster.pidOf(id)),
    processorMs: processorMs(cluster.pidOf(id)),
    disk: directoryBytes(cluster.dataOf(id)),
    actors,
    records,
    indexKeys,
  }
}

const kib = 1024

/** Resident memory of a process, as the system says. */
export function residentBytes(pid: number): number {
  const status = `/proc/${pid}/status`
  const found = existsSync(status)
    ? /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(status, 'utf8'))?.[1]
    : execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })
  const bytes = Number(found) * kib
  if (!(bytes > 0)) throw new Error(`process ${pid} has no resident memory: it is gone`)
  return bytes
}

/** In ticks of 10 ms: user and system time, the 14th and 15th field. The second, in brackets, may have blanks in it. */
function processorMs(pid: number): number | undefined {
  const stat = `/proc/${pid}/stat`
  if (!existsSync(stat)) return undefined
  const fields = readFileSync(stat, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

export function directoryBytes(directory: string): number {
  // A file may go between the two calls.
  return readdirSync(directory)
    .map(name => statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size, 0)
}
