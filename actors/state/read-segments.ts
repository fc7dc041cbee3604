import type { StateStore } from '../../storage/state-store.ts'
import { StoreError } from '../../storage/store.ts'
import type { Timers } from '../shared/timers.ts'
import type { Works } from '../shared/works.ts'
import { TableError } from '../tables/table-error.ts'
import type { TablesLoader } from '../tables/tables-loader.ts'

/** How much is loaded between two pauses, in steps of the loader: some hundred records each. */
export type Pace = keyof typeof stepsOf

const stepsOf = {
  /** Beside votes: a millisecond or two. */
  beside: 2,
  /** At a restart beside votes, when this replica answers no client: some milliseconds. */
  early: 8,
  /** At a restart before it votes, where nothing else is to be done, and the loop turns all the same. */
  alone: 24,
} as const
const pauseMs = 1

export interface SegmentsPorts {
  readonly timers: Pick<Timers, 'set'>
  readonly works: Pick<Works, 'during'>
  readonly store: Pick<StateStore, 'read'>
  /** Where each segment lies in the store, by its id. */
  readonly keys: ReadonlyMap<number, number>
  readonly pace: Pace
  /** Called once: all is loaded, or nothing goes on. */
  done(error: StoreError | null): void
}

/** Reads the segments of a checkpoint, and loads them with pauses. One is read ahead while another is loaded. */
export function readSegments(loader: TablesLoader, ports: SegmentsPorts): void {
  new SegmentsReader(loader, ports).begin()
}

class SegmentsReader {
  readonly #loader: TablesLoader
  readonly #ports: SegmentsPorts
  /** The number of segments that were asked for. */
  #asked = 0
  /** A segment that was read, and is not loaded yet. */
  #ahead: Uint8Array | undefined
  #isSet = false
  #hasEnded = false

  constructor(loader: TablesLoader, ports: SegmentsPorts) {
    this.#loader = loader
    this.#ports = ports
  }

  begin(): void {
    if (this.#loader.next === undefined) this.#later()
    else this.#read()
  }

  /** Asks for the segment after those that were asked for. */
  #read(): void {
    const { store, keys } = this.#ports
    const segment = this.#loader.segments[this.#asked]
    if (segment === undefined) return
    this.#asked++
    store.read(keys.get(segment.id)!, (error, bytes) => {
      if (error !== null) {
        this.#end(error)
        return
      }
      this.#ahead = bytes
      this.#later()
    })
  }

  #later(): void {
    if (this.#isSet || this.#hasEnded) return
    this.#isSet = true
    this.#ports.timers.set(pauseMs, () => {
      this.#isSet = false
      if (!this.#hasEnded) this.#slice()
    })
  }

  #slice(): void {
    const { works, pace } = this.#ports
    try {
      works.during('load', () => {
        for (let left = stepsOf[pace]; left > 0 && !this.#loader.isDone; left--) if (!this.#step()) return
      })
    } catch (cause) {
      if (!(cause instanceof TableError)) throw cause
      this.#end(new StoreError('storeDamaged', `a segment of the state: ${cause.message}`, { cause }))
      return
    }
    const isWaiting = !this.#loader.isBusy && this.#loader.next !== undefined && this.#ahead === undefined
    if (this.#loader.isDone) this.#end(null)
    else if (!isWaiting) this.#later()
  }

  /** @returns whether there was something to do */
  #step(): boolean {
    const loader = this.#loader
    if (loader.isBusy || loader.next === undefined) {
      loader.step()
      return true
    }
    const bytes = this.#ahead
    if (bytes === undefined) return false
    this.#ahead = undefined
    loader.add(bytes)
    this.#read()
    return true
  }

  #end(error: StoreError | null): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#ports.done(error)
  }
}
