import { renameSync, rmSync } from 'node:fs'
import type { FirstCheckpoint } from '../../owner.ts'
import { type StoreFiles, syncDirectory } from '../files.ts'
import { connectState } from './file.ts'
import { packCommit, packSegments } from './rows.ts'

/**
 * Makes the state file of a new store that begins with a checkpoint: segment after segment, so that no more than one is
 * in memory. It gets its name when it is whole.
 */
export async function writeFirstCheckpoint(files: StoreFiles, seed: number, first: FirstCheckpoint): Promise<void> {
  const path = files.unfinishedState
  const connection = await connectState(path)
  try {
    const keys: number[] = []
    for (const bytes of first.segments) {
      const key = keys.length + 1
      keys.push(key)
      await packSegments({ seed }, [bytes], [key])({ connection })
    }
    await packCommit({ seed }, { number: first.number, head: first.head, segments: keys }, 0)({ connection })
  } finally {
    await connection.close()
  }
  syncDirectory(files.directory)
  renameSync(path, files.state)
}

/** Deletes what an interrupted attempt has left. */
export function removeFirstCheckpoint(files: StoreFiles): void {
  for (const path of [files.unfinishedState, files.state])
    for (const suffix of ['', '-journal']) rmSync(path + suffix, { force: true })
}
