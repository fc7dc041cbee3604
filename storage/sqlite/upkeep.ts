import type { WriteBatch } from '../store.ts'
import type { Checkpoints } from './checkpoints.ts'
import type { Deletions } from './deletions.ts'
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

export function createUpkeep(folds: Folds, deletions: Deletions, checkpoints: Checkpoints): Upkeep {
  let flushBytes = 0
  let isFoldDue = false
  let isCheckpointDue = false

  async function deleteOrFold(): Promise<void> {
    try {
      if (deletions.isPending) await deletions.run(flushBytes)
      // A truncation must not leave the journal before what it makes dead has left the tables.
      if (deletions.isPending || !isFoldDue) return
      isCheckpointDue = checkpoints.isDueAfter(await folds.run())
    } catch (error) {
      if (!isFull(error)) throw error
    }
  }
  return {
    isDueAfter(flush, batch, { rowBytes, bytes }) {
      isFoldDue = folds.isDueAfter(flush, batch, rowBytes)
      isCheckpointDue = checkpoints.isDueAfter(bytes)
      flushBytes = bytes
      if (batch.truncate !== undefined) deletions.add(batch.truncate)
      return isFoldDue || isCheckpointDue || deletions.isPending
    },
    run(done) {
      deleteOrFold().then(() => {
        if (isCheckpointDue) checkpoints.run(done)
        else done(null)
      }, done)
    },
  }
}
