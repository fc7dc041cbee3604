import type { Clock, Random } from '../../machines/protocol/clock.ts'
import type { StoreBootstrap, StoreExpectation } from '../owner.ts'
import type { Store } from '../store.ts'
import type { MemoryDisk } from './disk.ts'
import { createSimulatedStore } from './store.ts'

export interface MemoryStoreOptions {
  readonly disk: MemoryDisk
  readonly clock: Clock
  /** Draws the identity of a new store. */
  readonly random: Random
  /** Begins a new store on an empty disk. */
  readonly bootstrap?: StoreBootstrap | undefined
  /** The expected owner: another one's store is refused as `storeForeign`. */
  readonly expect?: StoreExpectation | undefined
  /** Time from a write to its `done`; 0 unless given. */
  readonly writeDelayMs?: number | undefined
}

/**
 * A store that lasts as long as its disk object, for programs and specs of one process: the simulated one, without
 * faults.
 */
export function createMemoryStore(options: MemoryStoreOptions): Store {
  const { disk, clock, random, bootstrap, expect, writeDelayMs = 0 } = options
  return createSimulatedStore({
    disk,
    host: { after: (delayMs, run) => void clock.setTimeout(run, delayMs) },
    openMs: () => 0,
    flushMs: () => writeDelayMs,
    flushFate: () => 'done',
    bootstrap: bootstrap && { ...bootstrap, random },
    expect,
  })
}
