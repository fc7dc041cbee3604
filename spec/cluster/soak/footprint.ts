import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { RealCluster } from '../real-cluster.ts'
import { residentBytes } from './process-use.ts'

/** What one replica takes up. Sizes in bytes. */
export interface Footprint {
  readonly resident: number
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
    disk: directoryBytes(cluster.dataOf(id)),
    actors,
    records,
    indexKeys,
  }
}

export function directoryBytes(directory: string): number {
  // A file may go between the two calls.
  return readdirSync(directory)
    .map(name => statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size, 0)
}
