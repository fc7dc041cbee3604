import { invariant } from '../../machines/protocol/errors.ts'
import { type Store, type StoreContents, StoreError, type WriteBatch } from '../store.ts'
import { copyBatch } from './copy.ts'
import { Flushes, type FlushFate } from './flushes.ts'
import { SimulatedStateStore } from './state-store.ts'
import { type TakeOptions, takeDisk, where } from './take.ts'

export type { FlushFate } from './flushes.ts'

/** The contents of `disk` outlive the store. Reading a damaged one throws a StoreError. */
export interface SimulatedStoreOptions extends TakeOptions {
  /** The process in which the callbacks run. */
  readonly host: { after(delayMs: number, run: () => void): void }
  openMs(): number
  flushMs(): number
  /** How long a read of a segment takes; left out: no time. */
  readMs?(): number
  flushFate(): FlushFate
}

/** A store on a disk in memory. */
export interface SimulatedStore extends Store {
  /**
   * The process dies, and the store falls silent. A write in flight is durable as a whole or not at all (it is one
   * transaction).
   * @param torn whether the write had just become durable, though its callback was not called
   * @param isStateTorn the same of a write of the state
   */
  crash(torn: boolean, isStateTorn?: boolean): void
}

/** A store whose time and faults its world decides: worlds of specs, and with a calm fate programs in memory. */
export function createSimulatedStore(options: SimulatedStoreOptions): SimulatedStore {
  const { disk, host } = options
  const flushes = new Flushes(disk, () => options.flushFate())
  let state: 'new' | 'opening' | 'open' | 'closed' | 'crashed' = 'new'
  let flight: WriteBatch | undefined
  const closers: (() => void)[] = []

  /** Every callback runs later, and not at all after a crash. */
  const later = (delayMs: number, happens: () => void): void =>
    host.after(delayMs, () => {
      if (state !== 'crashed') happens()
    })
  const release = (): void => {
    if (disk.holder === store) disk.holder = undefined
  }
  let stateStore: SimulatedStateStore | undefined
  const closeWhenIdle = (): void => {
    if (flight !== undefined || stateStore?.isBusy === true || closers.length === 0) return
    state = 'closed'
    release()
    for (const done of closers.splice(0)) done()
  }

  const store: SimulatedStore = {
    get state() {
      invariant(stateStore !== undefined, () => 'the state is used while its store is not open')
      return stateStore
    },
    open(done) {
      invariant(state === 'new', () => 'a store is opened once')
      state = 'opening'
      later(options.openMs(), () => {
        const found = attempt(() => takeDisk(options, store))
        if (found instanceof StoreError) done(found)
        else {
          if (state === 'opening') state = 'open'
          stateStore = new SimulatedStateStore({
            disk,
            isOpen: () => state === 'open' && closers.length === 0,
            ended: closeWhenIdle,
            later,
            flushMs: () => options.flushMs(),
            readMs: () => options.readMs?.() ?? 0,
            flush: apply => flushes.settle(apply),
          })
          done(null, found)
        }
      })
    },
    write(batch, done) {
      invariant(flight === undefined, () => 'one write at a time: a write is in flight')
      if (state !== 'open' || closers.length > 0) return later(0, () => done(notOpenError()))
      const copy = copyBatch(batch)
      flight = copy
      later(options.flushMs(), () => {
        flight = undefined
        done(flushes.flush(copy))
        closeWhenIdle()
      })
    },
    close(done) {
      closers.push(done)
      later(0, closeWhenIdle)
    },
    crash(torn, isStateTorn = torn) {
      if (torn && flight !== undefined) disk.apply(flight)
      stateStore?.crash(isStateTorn)
      flight = undefined
      state = 'crashed'
      release()
    },
  }
  return store
}

const notOpenError = (): StoreError =>
  new StoreError('storeClosed', `the store on ${where} is not open: nothing was written`)

function attempt(take: () => StoreContents): StoreContents | StoreError {
  try {
    return take()
  } catch (error) {
    if (error instanceof StoreError) return error
    throw error
  }
}
