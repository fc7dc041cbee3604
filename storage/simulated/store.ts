import type { MemoryDisk } from '../memory/disk.ts'
import { type Store, type StoreContents, StoreError, type WriteBatch } from '../store.ts'

/** What becomes of one flush. `failed`: an I/O error, and nobody knows whether the batch is there. */
export type FlushFate = 'done' | 'full' | { readonly failed: 'written' | 'lost' }

export interface SimulatedStoreOptions {
  /** Whose contents outlive the store; formatted already. Reading a damaged one throws a StoreError. */
  readonly disk: MemoryDisk
  /** Where the callbacks happen. */
  readonly host: { after(delayMs: number, run: () => void): void }
  openMs(): number
  flushMs(): number
  flushFate(): FlushFate
}

/** A store on a simulated disk. */
export interface SimulatedStore extends Store {
  /**
   * The process dies: of the write in flight, if there is one, all is there or nothing (it is one transaction).
   * @param torn the write had just become durable, though nobody was told
   */
  crash(torn: boolean): void
}

function read(disk: MemoryDisk): StoreContents | StoreError | undefined {
  try {
    return disk.contents()
  } catch (error) {
    if (error instanceof StoreError) return error
    throw error
  }
}

/** A store whose time and faults are decided by the world around it. */
export function createSimulatedStore(options: SimulatedStoreOptions): SimulatedStore {
  const { disk, host } = options
  let flight: WriteBatch | undefined
  let failed = false
  return {
    open: done =>
      host.after(options.openMs(), () => {
        const found = read(disk)
        if (found === undefined) done(new StoreError('storeEmpty', 'the simulated disk was lost'))
        else if (found instanceof StoreError) done(found)
        else done(null, found)
      }),
    write(batch, done) {
      flight = batch
      host.after(options.flushMs(), () => {
        flight = undefined
        const fate = failed ? { failed: 'lost' as const } : options.flushFate()
        if (fate === 'full') {
          done(new StoreError('storeFull', 'the simulated disk is full'))
          return
        }
        if (fate === 'done' || fate.failed === 'written') disk.apply(batch)
        failed ||= fate !== 'done'
        done(fate === 'done' ? null : new StoreError('storeFailed', 'the simulated disk failed: outcome unknown'))
      })
    },
    close: done => host.after(0, done),
    crash(torn) {
      if (torn && flight !== undefined) disk.apply(flight)
      flight = undefined
    },
  }
}
