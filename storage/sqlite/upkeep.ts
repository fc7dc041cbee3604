import type { WriteBatch } from '../store.ts'
import type { Checkpoints } from './checkpoints.ts'
import { isFull } from './errors.ts'
import type { FlushSize } from './flush.ts'
import type { Folds } from './fold.ts'

/** The upkeep between two flushes, so that journal and log do not grow. */
export interface Upkeep {
  /** Called after a flush was written. @returns whether upkeep is due before the next */
  isDueAfter(flush: number, batch: WriteBatch, size: FlushSize): boolean
  /**
   * Runs the due upkeep. `done` gets SQLite's error or a StoreError, unless only room was missing: then it is retried
   * later.
   */
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
