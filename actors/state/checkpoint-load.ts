import type { ConflictIndex } from '../../machines/protocol/conflict-index.ts'
import type { StoreError } from '../../storage/store.ts'
import type { Timers } from '../shared/timers.ts'
import type { Works } from '../shared/works.ts'
import type { SegmentInfo } from '../tables/segment.ts'
import type { StateTables } from '../tables/state-tables.ts'
import type { TableError } from '../tables/table-error.ts'
import type { TablesLoader } from '../tables/tables-loader.ts'
import type { CheckpointHead } from './checkpoint-head.ts'
import { inSlices } from './in-slices.ts'
import { indexTable, restoring } from './index-table.ts'
import { type Pace, readSegments } from './read-segments.ts'
import type { StateWrites } from './state-writes.ts'

/** Where segments lie in the store, by their ids. */
export type SegmentKeys = ReadonlyMap<number, number>

export interface CheckpointLoadPorts {
  readonly timers: Timers
  readonly works: Pick<Works, 'during'>
  readonly store: Pick<StateWrites, 'read'>
  /** Called when it cannot be read: TableError, or StoreError, whose cause may be one. */
  failed(error: StoreError | TableError): void
}

/** A checkpoint that is read from the store, the own one or another replica's: its index, and its state, in slices. */
export class CheckpointLoad {
  readonly #ports: CheckpointLoadPorts
  readonly #head: CheckpointHead
  readonly #pace: Pace
  #loader: TablesLoader | undefined
  readonly keys: { readonly state: SegmentKeys; readonly index: SegmentKeys }

  /** @param keys those of the segments of the state, then those of the index */
  constructor(ports: CheckpointLoadPorts, head: CheckpointHead, keys: readonly number[], pace: Pace) {
    this.#ports = ports
    this.#head = head
    this.#pace = pace
    const keysOf = (segments: readonly SegmentInfo[], from: number) =>
      new Map(segments.map(({ id }, at) => [id, keys[from + at]!]))
    this.keys = { state: keysOf(head.state, 0), index: keysOf(head.index, head.state.length) }
  }

  /** Reads the table of the index, and brings its entries into an index. */
  index(tables: StateTables, index: Pick<ConflictIndex, 'restore'>, done: () => void): void {
    const table = tables.system(indexTable)
    // Votes wait for it at a restart.
    const pace = this.#pace === 'early' ? 'alone' : this.#pace
    this.#read(tables.load(this.#head.index), this.keys.index, pace, () =>
      inSlices(this.#ports, 'load', restoring(index, table), done, error => this.#ports.failed(error)),
    )
  }

  state(tables: StateTables, done: () => void): void {
    this.#loader = tables.load(this.#head.state)
    this.#read(this.#loader, this.keys.state, this.#pace, done)
  }

  /** Bytes of the state's segments that were read, and of all. */
  get progress(): { readonly loaded: number; readonly size: number } {
    return this.#loader?.progress ?? { loaded: 0, size: this.#head.state.reduce((sum, { size }) => sum + size, 0) }
  }

  #read(loader: TablesLoader, keys: SegmentKeys, pace: Pace, loaded: () => void): void {
    const { timers, works, store, failed } = this.#ports
    const done = (error: StoreError | null) => (error === null ? loaded() : failed(error))
    readSegments(loader, { timers, works, store, keys, pace, done })
  }
}
