import { StoreError, type WriteBatch } from '../store.ts'
import type { MemoryDisk } from './disk.ts'

/** The fate of one flush. `failed`: an I/O error that leaves unknown whether the batch was written. */
export type FlushFate = 'done' | 'full' | { readonly failed: 'written' | 'lost' }

/**
 * The flushes of one open store: each has its fate, and after a failed one all fail, as the contract of stores says.
 */
export class Flushes {
  readonly #disk: MemoryDisk
  readonly #fate: () => FlushFate
  #failed = false

  constructor(disk: MemoryDisk, fate: () => FlushFate) {
    this.#disk = disk
    this.#fate = fate
  }

  /** @returns the outcome for the writer */
  flush(batch: WriteBatch): StoreError | null {
    return this.settle(() => this.#disk.apply(batch))
  }

  /** The same for a write of the state. */
  settle(apply: () => void): StoreError | null {
    const fate = this.#failed ? { failed: 'lost' as const } : this.#fate()
    if (fate === 'full') return new StoreError('storeFull', 'the simulated disk is full')
    if (fate === 'done' || fate.failed === 'written') apply()
    this.#failed ||= fate !== 'done'
    return fate === 'done' ? null : new StoreError('storeFailed', 'the simulated disk failed: outcome unknown')
  }
}
