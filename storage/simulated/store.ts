import type { Random } from '../../machines/protocol/clock.ts'
import { invariant } from '../../machines/protocol/errors.ts'
import { checkOwner, emptyError, notEmptyError, type StoreBootstrap, type StoreExpectation } from '../owner.ts'
import { type Store, type StoreContents, StoreError, type WriteBatch } from '../store.ts'
import { copyBatch, copyContents } from './copy.ts'
import type { MemoryDisk } from './disk.ts'

/** The fate of one flush. `failed`: an I/O error that leaves unknown whether the batch was written. */
export type FlushFate = 'done' | 'full' | { readonly failed: 'written' | 'lost' }

export interface SimulatedStoreOptions {
  /** The disk, whose contents outlive the store. Reading a damaged one throws a StoreError. */
  readonly disk: MemoryDisk
  /** The process in which the callbacks run. */
  readonly host: { after(delayMs: number, run: () => void): void }
  openMs(): number
  flushMs(): number
  flushFate(): FlushFate
  /** Begins a new store on an empty disk; its identity is drawn from `random`. */
  readonly bootstrap?: (StoreBootstrap & { readonly random: Random }) | undefined
  /** The expected owner: another one's store is refused as `storeForeign`. */
  readonly expect?: StoreExpectation | undefined
}

/** A store on a disk in memory. */
export interface SimulatedStore extends Store {
  /**
   * The process dies, and the store falls silent. A write in flight is durable as a whole or not at all (it is one
   * transaction).
   * @param torn whether the write had just become durable, though its callback was not called
   */
  crash(torn: boolean): void
}

const where = 'this disk in memory'

/** A store whose time and faults its world decides: worlds of specs, and with a calm fate programs in memory. */
export function createSimulatedStore(options: SimulatedStoreOptions): SimulatedStore {
  const { disk, host, bootstrap, expect } = options
  let state: 'new' | 'opening' | 'open' | 'closed' | 'crashed' = 'new'
  let flight: WriteBatch | undefined
  let failed = false
  const closers: (() => void)[] = []

  /** Every callback runs later, and not at all after a crash. */
  const later = (delayMs: number, happens: () => void): void =>
    host.after(delayMs, () => {
      if (state !== 'crashed') happens()
    })

  const store: SimulatedStore = {
    open(done) {
      invariant(state === 'new', () => 'a store is opened once')
      state = 'opening'
      later(options.openMs(), () => {
        const found = attempt(take)
        if (found instanceof StoreError) done(found)
        else {
          if (state === 'opening') state = 'open'
          done(null, found)
        }
      })
    },
    write(batch, done) {
      invariant(flight === undefined, () => 'one write at a time: a write is in flight')
      if (state !== 'open' || closers.length > 0) {
        later(0, () => done(new StoreError('storeClosed', `the store on ${where} is not open: nothing was written`)))
        return
      }
      const copy = copyBatch(batch)
      flight = copy
      later(options.flushMs(), () => {
        flight = undefined
        done(flush(copy))
        closeWhenIdle()
      })
    },
    close(done) {
      closers.push(done)
      later(0, closeWhenIdle)
    },
    crash(torn) {
      if (torn && flight !== undefined) disk.apply(flight)
      flight = undefined
      state = 'crashed'
      release()
    },
  }

  /** @throws StoreError */
  function take(): StoreContents {
    if (disk.holder !== undefined) throw new StoreError('storeLocked', `${where} is in use by another store`)
    const found = disk.contents()
    if (bootstrap === undefined && found === undefined) throw emptyError(where, 'it is empty')
    if (bootstrap !== undefined) {
      if (found !== undefined) throw notEmptyError(where)
      const { cluster, member, members, epoch, snapshot, random } = bootstrap
      disk.format({ cluster, member, members, epoch, storeIdentity: drawIdentity(random) })
      if (snapshot !== undefined) disk.apply({ records: [], snapshot: snapshot.slice() })
    }
    const contents = disk.contents()!
    checkOwner(contents.owner, expect, where)
    disk.holder = store
    return copyContents(contents)
  }

  function flush(batch: WriteBatch): StoreError | null {
    const fate = failed ? { failed: 'lost' as const } : options.flushFate()
    if (fate === 'full') return new StoreError('storeFull', 'the simulated disk is full')
    if (fate === 'done' || fate.failed === 'written') disk.apply(batch)
    failed ||= fate !== 'done'
    return fate === 'done' ? null : new StoreError('storeFailed', 'the simulated disk failed: outcome unknown')
  }

  function closeWhenIdle(): void {
    if (flight !== undefined || closers.length === 0) return
    state = 'closed'
    release()
    for (const done of closers.splice(0)) done()
  }

  function release(): void {
    if (disk.holder === store) disk.holder = undefined
  }

  return store
}

function attempt(take: () => StoreContents): StoreContents | StoreError {
  try {
    return take()
  } catch (error) {
    if (error instanceof StoreError) return error
    throw error
  }
}

/** 128 random bits in hexadecimal. */
function drawIdentity(random: Random): string {
  const word = () => Math.floor(random() * 2 ** 32)
  return [word(), word(), word(), word()].map(part => part.toString(16).padStart(8, '0')).join('')
}
