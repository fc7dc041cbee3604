import { copyBytes } from '../../net/copy-bytes.ts'
import type { Buffers } from './buffers.ts'
import { dead, flag, flagsOf, keyAt, lengthAt, tombstone, victim } from './record.ts'

/** A buffer is made so many times larger than what is kept in it: the rest is filled before the next compaction. */
const headroom = 1.5
/** The buffer of a slot with few records has room for some more of them, up to this size: compaction would be frequent. */
const smallBytes = 8_192
const smallHeadroom = 4
/** A buffer that is used less than this share is made smaller, once keys go. */
const usedMin = 1 / 4
const shrunkFromBytes = 4_096

const empty = new Uint8Array(0)

/**
 * One of the parts of a table: a log of records, and where in it the record of each key is. A write appends, and the
 * record before is dead; what is dead goes when the buffer is full. So "what changed since" is a range of the log, and
 * a slot is small enough that nothing done to the whole of it takes long.
 *
 * A checkpoint goes through the range from `cursor` to `point`, which shrinks as it does. Compaction keeps the order
 * of the log, and moves these marks with it.
 */
export class Slot {
  bytes: Uint8Array = empty
  /** The place after the last record. */
  end = 0
  /** Bytes of the records that are not dead. */
  kept = 0
  /** Records before it are in segments of the latest checkpoint, or an earlier one. */
  written = 0
  /** Records before it are in segments of the checkpoint under way, if this slot is done. */
  sliced = 0
  cursor = 0
  point = 0
  /** The place of each key's record. */
  readonly index = new Map<string, number>()
  /** Tombstones that no checkpoint has yet; undefined when there were none since. */
  tombstones: Map<string, number> | undefined

  /** Whether the checkpoint under way has yet to go through records here. */
  get isWaiting(): boolean {
    return this.cursor < this.point
  }

  /** Makes room for a record of at most so many bytes. Places change. */
  makeRoom(bytes: number, buffers: Buffers): void {
    if (this.end + bytes <= this.bytes.length) return
    const needed = this.kept + bytes
    this.#compact(Math.max(Math.ceil(needed * headroom), Math.min(needed * smallHeadroom, smallBytes)), buffers)
  }

  /** Gives memory back after deletions. Places change. */
  shrink(buffers: Buffers): void {
    const { length } = this.bytes
    if (length >= shrunkFromBytes && this.kept < length * usedMin)
      this.#compact(Math.ceil(this.kept * headroom), buffers)
  }

  /** Called when another record, or nothing, stands for the key of this one. */
  kill(at: number): void {
    if (at >= this.cursor && at < this.point) flag(this.bytes, at, victim)
    else {
      flag(this.bytes, at, dead)
      this.kept -= lengthAt(this.bytes, at)
    }
  }

  /** Begins a checkpoint here: what stands now, or has changed since the last one, belongs to it. */
  begin(isBase: boolean): void {
    this.point = this.end
    this.sliced = this.end
    this.cursor = isBase ? 0 : this.written
  }

  /** Called when the checkpoint has come past a record: what it had to be kept for is over. */
  passed(at: number): void {
    const length = lengthAt(this.bytes, at)
    const flags = flagsOf(this.bytes, at)
    this.cursor = at + length
    if ((flags & victim) !== 0 && (flags & dead) === 0) {
      flag(this.bytes, at, dead)
      this.kept -= length
    }
  }

  /**
   * Called when the checkpoint under way is durable, or given up. Its last records are no part of it any more.
   * @returns the number of records that were looked at
   */
  settle(isDurable: boolean): number {
    let looked = 0
    for (; this.isWaiting; looked++) this.passed(this.cursor)
    this.cursor = 0
    this.point = 0
    if (!isDurable) return looked
    this.written = this.sliced
    if (this.tombstones === undefined) return looked
    looked += this.tombstones.size
    for (const [key, at] of this.tombstones) {
      if (at >= this.written) continue
      this.kill(at)
      this.tombstones.delete(key)
    }
    if (this.tombstones.size === 0) this.tombstones = undefined
    return looked
  }

  /** Called when all records here are loaded from segments. */
  allWritten(): void {
    this.written = this.end
    this.sliced = this.end
  }

  #compact(size: number, buffers: Buffers): void {
    const { bytes, index, end } = this
    const into = buffers.take(size)
    if (this.kept === end) {
      // Nothing is dead, so nothing moves.
      into.set(bytes.subarray(0, end))
      this.bytes = into
      buffers.drop(bytes)
      return
    }
    let to = 0
    const moved = new Marks(this)
    for (let at = 0; at < end; ) {
      moved.come(at, to)
      const length = lengthAt(bytes, at)
      const flags = flagsOf(bytes, at)
      if ((flags & dead) === 0) {
        copyBytes(bytes, at, at + length, into, to)
        if ((flags & victim) === 0) {
          if ((flags & tombstone) === 0) index.set(keyAt(bytes, at), to)
          else this.tombstones!.set(keyAt(bytes, at), to)
        }
        to += length
      }
      at += length
    }
    moved.come(end, to)
    this.bytes = into
    this.end = to
    moved.apply()
    buffers.drop(bytes)
  }
}

/** The marks of a slot, which stand between records, while these are moved. */
class Marks {
  readonly #slot: Slot
  readonly #old: readonly number[]
  readonly #new: number[]

  constructor(slot: Slot) {
    this.#slot = slot
    this.#old = [slot.written, slot.sliced, slot.cursor, slot.point]
    this.#new = [0, 0, 0, 0]
  }

  come(at: number, to: number): void {
    for (let mark = 0; mark < 4; mark++) if (this.#old[mark] === at) this.#new[mark] = to
  }

  apply(): void {
    const [written, sliced, cursor, point] = this.#new as [number, number, number, number]
    Object.assign(this.#slot, { written, sliced, cursor, point })
  }
}
