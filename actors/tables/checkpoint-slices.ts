import type { RawTable } from './raw-table.ts'
import { slotsOfATable } from './raw-table.ts'
import { dead, flagsOf, lengthAt, tombstone } from './record.ts'
import { chooseRewritten, type Rewritten } from './rewriting.ts'
import type { Segment, SegmentInfo } from './segment.ts'
import { type SegmentBuffers, SegmentWriter } from './segment-writer.ts'
import type { Slot } from './slot.ts'

/** A record that is looked at counts as so many bytes, also if it is left out. */
const lookBytes = 32
/** And a slot. */
const slotBytes = 64
/** Records looked at between two pauses when a checkpoint ends. */
const settledRecords = 4_096

export interface CheckpointSlicesPorts {
  readonly checkpoint: number
  readonly tables: ReadonlyMap<string, RawTable>
  /** The segments of the checkpoint before. */
  readonly live: readonly SegmentInfo[]
  readonly segmentBytesMax: number
  readonly buffers: SegmentBuffers
  /** The id of the next segment. */
  nextId(): number
}

/**
 * A checkpoint under way: the tables as they were at one point, as segments, some of them at each call. Writes go on
 * meanwhile. The point costs a mark in each slot, and nothing is copied for it.
 */
export class CheckpointSlices {
  readonly #ports: CheckpointSlicesPorts
  readonly #rewritten: Rewritten
  readonly #run: Generator<void, void>
  /** Bytes that the present call may still copy or look at. */
  #left = 0
  #finished: Segment[] = []
  readonly #all: SegmentInfo[] = []
  #isDone = false

  constructor(ports: CheckpointSlicesPorts) {
    this.#ports = ports
    const { tables, live, segmentBytesMax } = ports
    const slots = [...tables.values()].flatMap(({ slots }) => slots.filter(slot => slot !== undefined))
    const deltaBytes = slots.reduce((sum, { end, written }) => sum + end - written, 0)
    this.#rewritten = chooseRewritten({ tables, live, deltaBytes, segmentBytesMax })
    for (const table of tables.values()) {
      const marks = this.#rewritten.get(table)
      for (const [at, slot] of table.slots.entries()) slot?.begin(marks?.[at] === 1)
    }
    this.#run = this.#slices()
  }

  get checkpoint(): number {
    return this.#ports.checkpoint
  }

  /** Whether all segments were given out. */
  get isDone(): boolean {
    return this.#isDone
  }

  /** The segments that this checkpoint consists of, those of before among them; complete when it is done. */
  get live(): readonly SegmentInfo[] {
    const { tables, live, checkpoint } = this.#ports
    const kept = live.filter(({ table: name, checkpoint: written, from, to }) => {
      const table = tables.get(name)!
      const marks = this.#rewritten.get(table)
      for (let at = from; at <= to; at++)
        if ((marks?.[at] === 1 ? checkpoint : table.basedAt[at]!) <= written) return true
      return false
    })
    return [...kept, ...this.#all]
  }

  /** @returns the segments finished meanwhile */
  slice(bytesMax: number): readonly Segment[] {
    this.#left = bytesMax
    this.#finished = []
    if (!this.#isDone) this.#isDone = this.#run.next().done === true
    return this.#finished
  }

  /** Called with the bytes of a segment that nobody reads any more, so that they are used again. */
  release(bytes: Uint8Array): void {
    this.#ports.buffers.release(bytes)
  }

  /**
   * Called when the checkpoint is durable, or given up. What it leaves behind is cleared up slot by slot, with pauses: one
   * that is given up has passed few of its records. Writes go on meanwhile.
   */
  *settling(isDurable: boolean): Generator<void, void> {
    const { tables, checkpoint } = this.#ports
    if (isDurable)
      for (const [table, marks] of this.#rewritten)
        for (let at = 0; at < slotsOfATable; at++) if (marks[at] === 1) table.basedAt[at] = checkpoint
    let left = settledRecords
    for (const table of tables.values())
      for (const slot of table.slots) {
        left -= (slot?.settle(isDurable) ?? 0) + 1
        if (left > 0) continue
        yield
        left = settledRecords
      }
  }

  *#slices(): Generator<void, void> {
    for (const table of this.#ports.tables.values()) {
      const marks = this.#rewritten.get(table)
      const [base, delta] = [this.#writer(table, 'base'), this.#writer(table, 'delta')]
      for (let at = 0; at < slotsOfATable; at++) {
        const slot = table.slots[at]
        const isBase = marks?.[at] === 1
        // A base covers all slots from its first to its last.
        if (isBase) base.cover(at)
        else base.finish()
        if (slot?.isWaiting === true) yield* this.#sliceSlot(slot, at, isBase ? base : delta, isBase)
      }
      base.finish()
      delta.finish()
    }
  }

  /** What happens to the slot between two calls moves its places, but not its order. */
  *#sliceSlot(slot: Slot, place: number, writer: SegmentWriter, isBase: boolean): Generator<void, void> {
    this.#left -= slotBytes
    while (slot.isWaiting) {
      const { bytes, cursor } = slot
      const flags = flagsOf(bytes, cursor)
      const length = lengthAt(bytes, cursor)
      if ((flags & dead) === 0 && !(isBase && (flags & tombstone) !== 0)) {
        writer.add(place, bytes, cursor, length)
        this.#left -= length
      }
      slot.passed(cursor)
      this.#left -= lookBytes
      if (this.#left <= 0) yield
    }
  }

  #writer({ name }: RawTable, kind: SegmentInfo['kind']): SegmentWriter {
    const { checkpoint, segmentBytesMax, buffers, nextId } = this.#ports
    return new SegmentWriter({
      title: { table: name, kind, checkpoint },
      bytesMax: segmentBytesMax,
      buffers,
      nextId,
      finished: segment => {
        this.#finished.push(segment)
        this.#all.push(segment.info)
      },
    })
  }
}
