import type { WriteBatch } from '../store.ts'
import type { Checkpoints } from './checkpoints.ts'
import { isFull } from './errors.ts'
import type { FlushSize } from './flush.ts'
import type { Folds } from './fold.ts'

/** What is done between two flushes, so that what flushes leave behind does not grow. */
export interface Upkeep {
  /** A flush was written. @returns whether something is to be done before the next */
  isDueAfter(flush: number, batch: WriteBatch, size: FlushSize): boolean
  /** SQLite's error or a StoreError, unless only the room for it was missing: then it is done later. */
  run(done: (error: unknown) => void): void
}

export function createUpkeep(folds: Folds, checkpoints: Checkpoints): Upkeep {
  let isFoldDue = false
  let isCheckpointDue = false

  async function foldIfDue(): Promise<void> {
    if (!isFoldDue) return
    try {
      isCheckpointDue = checkpoints.isDueAfter(await folds.run())
    } catch (error) {
      if (!isFull(error)) throw error
    }
  }
  return {
    isDueAfter(flush, batch, { rowBytes, bytes }) {
      isFoldDue = folds.isDueAfter(flush, batch, rowBytes)
      isCheckpointDue = checkpoints.isDueAfter(bytes)
      return isFoldDue || isCheckpointDue
    },
    run(done) {
      foldIfDue().then(() => {
        if (isCheckpointDue) checkpoints.run(done)
        else done(null)
      }, done)
    },
  }
}
