import { invariant } from '../../machines/protocol/errors.ts'
import type { Clock, Random } from '../../net/clock.ts'
import { checkOwner, emptyError, notEmptyError, type StoreBootstrap, type StoreExpectation } from '../owner.ts'
import { type Store, type StoreContents, StoreError } from '../store.ts'
import { copyBatch, copyContents } from './copy.ts'
import type { MemoryDisk } from './disk.ts'

export interface MemoryStoreOptions {
  readonly disk: MemoryDisk
  readonly clock: Clock
  /** Draws the identity of a new store. */
  readonly random: Random
  /** Begins a new store on an empty disk. */
  readonly bootstrap?: StoreBootstrap | undefined
  /** Whose store this should be: another one is refused as `storeForeign`. */
  readonly expect?: StoreExpectation | undefined
  /** From a write to its `done`; 0 unless given. */
  readonly writeDelayMs?: number | undefined
}

const where = 'this memory disk'

/** A store that lasts as long as its disk object: for one process, for specs, and under the simulated disk. */
export function createMemoryStore(options: MemoryStoreOptions): Store {
  const { disk, clock, random, bootstrap, expect, writeDelayMs = 0 } = options
  let state: 'new' | 'opening' | 'open' | 'closed' | 'crashed' = 'new'
  let writing = false
  const closers: (() => void)[] = []

  /** Everything that happens, happens later, and not at all after a crash. */
  const later = (delayMs: number, happens: () => void) => {
    clock.setTimeout(() => {
      if (state !== 'crashed') happens()
    }, delayMs)
  }

  const holder = {
    crashed() {
      state = 'crashed'
    },
  }

  /** @throws StoreError */
  function take(): StoreContents {
    if (disk.holder !== undefined) throw new StoreError('storeLocked', `${where} is in use by another store`)
    const found = disk.contents()
    if (bootstrap === undefined && found === undefined) throw emptyError(where, 'it is empty')
    if (bootstrap !== undefined) {
      if (found !== undefined) throw notEmptyError(where)
      const { cluster, member, members, epoch, snapshot } = bootstrap
      disk.format({ cluster, member, members, epoch, storeIdentity: drawIdentity(random) })
      if (snapshot !== undefined) disk.apply({ records: [], snapshot: snapshot.slice() })
    }
    const contents = disk.contents()!
    checkOwner(contents.owner, expect, where)
    disk.holder = holder
    return copyContents(contents)
  }

  function open(done: Parameters<Store['open']>[0]): void {
    let contents: StoreContents
    try {
      contents = take()
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      done(error)
      return
    }
    if (state === 'opening') state = 'open'
    done(null, contents)
  }

  function closeWhenIdle(): void {
    if (writing || closers.length === 0) return
    state = 'closed'
    if (disk.holder === holder) disk.holder = undefined
    for (const done of closers.splice(0)) done()
  }

  return {
    open(done) {
      invariant(state === 'new', () => 'a store is opened once')
      state = 'opening'
      later(0, () => open(done))
    },
    write(batch, done) {
      invariant(!writing, () => 'one write at a time: a write is in flight')
      if (state !== 'open' || closers.length > 0) {
        later(0, () => done(new StoreError('storeClosed', `the store on ${where} is not open: nothing was written`)))
        return
      }
      writing = true
      const copy = copyBatch(batch)
      later(writeDelayMs, () => {
        disk.apply(copy)
        writing = false
        done(null)
        closeWhenIdle()
      })
    },
    close(done) {
      closers.push(done)
      later(0, closeWhenIdle)
    },
  }
}

/** 128 random bits in hexadecimal. */
function drawIdentity(random: Random): string {
  const word = () => Math.floor(random() * 2 ** 32)
  return [word(), word(), word(), word()].map(part => part.toString(16).padStart(8, '0')).join('')
}
