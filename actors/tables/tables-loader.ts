import type { RawTable } from './raw-table.ts'
import { lengthAt } from './record.ts'
import { openSegment, type SegmentInfo } from './segment.ts'
import { TableError } from './table-error.ts'

/** Records loaded between two pauses. */
const stepRecords = 512

/**
 * Loads a checkpoint into empty tables, some of it at each step. Segments come in the order of `segments`; those not yet
 * loaded need not be in memory.
 */
export class TablesLoader {
  /** The segments of the checkpoint, in the order in which they must come. */
  readonly segments: readonly SegmentInfo[]
  readonly #tables: ReadonlyMap<string, RawTable>
  readonly #loaded: (live: readonly SegmentInfo[]) => void
  #next = 0
  #run: Generator<void, void> | undefined
  #isDone = false

  constructor(
    live: readonly SegmentInfo[],
    tables: ReadonlyMap<string, RawTable>,
    loaded: (live: readonly SegmentInfo[]) => void,
  ) {
    this.segments = [...live].sort((a, b) => a.checkpoint - b.checkpoint || a.id - b.id)
    this.#tables = tables
    this.#loaded = loaded
    for (const { kind, table, from, to, checkpoint } of this.segments) {
      if (kind !== 'base') continue
      const { basedAt } = tables.get(table)!
      for (let at = from; at <= to; at++) basedAt[at] = Math.max(basedAt[at]!, checkpoint)
    }
  }

  /** The segment that has to come next; undefined when all came. */
  get next(): SegmentInfo | undefined {
    return this.segments[this.#next]
  }

  /** Bytes of the segments that came, and of all. */
  get progress(): { readonly loaded: number; readonly size: number } {
    const bytesOf = (some: readonly SegmentInfo[]) => some.reduce((sum, { size }) => sum + size, 0)
    return { loaded: bytesOf(this.segments.slice(0, this.#next)), size: bytesOf(this.segments) }
  }

  /** Whether a segment, or the end, is still worked on: `step` does some of it. */
  get isBusy(): boolean {
    return this.#run !== undefined
  }

  /** Whether everything is loaded. */
  get isDone(): boolean {
    return this.#isDone
  }

  /**
   * Takes the next segment in, whose bytes must not change until it is worked off.
   * @throws TableError `malformed` when the bytes are not those of this segment
   */
  add(bytes: Uint8Array): void {
    const expected = this.next
    if (expected === undefined || this.isBusy) throw new TableError('malformed', 'no segment is expected now')
    const { info, recordsAt } = openSegment(bytes)
    for (const field of Object.keys(expected) as (keyof SegmentInfo)[])
      if (info[field] !== expected[field])
        throw new TableError(
          'malformed',
          `segment ${expected.id}: ${field} ${expected[field]} is expected, found ${info[field]}`,
        )
    this.#next++
    this.#run = this.#load(this.#tables.get(info.table)!, bytes, recordsAt, info)
  }

  /**
   * Does a part of the work: a few hundred records, or as many keys of the order.
   * @returns whether there is more to do before the next segment can come
   */
  step(): boolean {
    if (this.#run === undefined && !this.#isDone && this.next === undefined) this.#run = this.#end()
    if (this.#run?.next().done !== false) this.#run = undefined
    return this.isBusy || (this.next === undefined && !this.#isDone)
  }

  *#load(table: RawTable, bytes: Uint8Array, recordsAt: number, info: SegmentInfo): Generator<void, void> {
    for (let at = recordsAt, count = 1; at < bytes.length; count++) {
      table.load(bytes, at, info.checkpoint)
      at += lengthAt(bytes, at)
      if (count % stepRecords === 0) yield
    }
  }

  *#end(): Generator<void, void> {
    for (const table of this.#tables.values()) yield* table.orderLoaded()
    for (const table of this.#tables.values()) table.loaded()
    this.#isDone = true
    this.#loaded(this.segments)
  }
}
