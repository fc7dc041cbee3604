import { copyBytes } from '../../net/copy-bytes.ts'
import { Utf8Text } from '../../net/utf8-text.ts'
import { compareTexts, type KeyRange, OrderedKeys } from '../shared/ordered-keys.ts'
import type { Buffers } from './buffers.ts'
import { merge } from './merge.ts'
import {
  bytesOfText,
  finishRecord,
  flagsOf,
  hashAAt,
  hashBAt,
  keyAt,
  lengthAt,
  roomFor,
  textIn,
  tombstone,
  valueAt,
  writeKey,
  writeText,
} from './record.ts'
import { Slot } from './slot.ts'

/** Parts of a table. With a million keys one has a thousand, and is copied in less than a millisecond. */
export const slotsOfATable = 1_024

/** A longer text is encoded apart, so that not three times its length is reserved for it. */
const textReservedMax = 1_024

/** The slot of a key: the same in all replicas and in all segments, so it never changes. */
export function slotOf(key: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193)
  return (hash ^ (hash >>> 16)) & (slotsOfATable - 1)
}

/** A table as bytes: what it holds, its order and its digest. */
export class RawTable {
  readonly name: string
  readonly slots = new Array<Slot | undefined>(slotsOfATable).fill(undefined)
  /** The checkpoint that wrote each slot anew, the last time. */
  readonly basedAt = new Float64Array(slotsOfATable)
  readonly #buffers: Buffers
  #order: OrderedKeys | undefined
  #size = 0
  #bytes = 0
  #hashA = 0
  #hashB = 0

  constructor(name: string, buffers: Buffers) {
    this.name = name
    this.#buffers = buffers
  }

  get size(): number {
    return this.#size
  }

  /** Bytes of all records that stand. */
  get bytes(): number {
    return this.#bytes
  }

  /** The sum of the hashes of all entries: equal tables have equal ones, whatever way they came. */
  get digest(): string {
    return `${hex(this.#hashA)}${hex(this.#hashB)}`
  }

  /** Keeps the keys in order from now on. */
  keepOrder(): void {
    if (this.#order !== undefined) return
    const keys = this.#sortedKeys()
    this.#order = new OrderedKeys()
    for (const key of keys) this.#order.append(key)
  }

  has(key: string): boolean {
    return this.slots[slotOf(key)]?.index.has(key) ?? false
  }

  /** The bytes of a value where they lie: until the next change of the table. */
  view(key: string): Uint8Array | undefined {
    const slot = this.slots[slotOf(key)]
    const at = slot?.index.get(key)
    if (slot === undefined || at === undefined) return undefined
    return slot.bytes.subarray(valueAt(slot.bytes, at), at + lengthAt(slot.bytes, at))
  }

  /** The text of a value. */
  text(key: string): string | undefined {
    const slot = this.slots[slotOf(key)]
    const at = slot?.index.get(key)
    if (slot === undefined || at === undefined) return undefined
    return textIn(slot.bytes, valueAt(slot.bytes, at), at + lengthAt(slot.bytes, at))
  }

  /** The bytes of a text where they lie: until the next change of the table. */
  utf8(key: string): Utf8Text | undefined {
    const slot = this.slots[slotOf(key)]
    const at = slot?.index.get(key)
    if (slot === undefined || at === undefined) return undefined
    return new Utf8Text(slot.bytes, valueAt(slot.bytes, at), at + lengthAt(slot.bytes, at))
  }

  /** @throws TableError */
  set(key: string, value: Uint8Array): void {
    const slot = this.#roomIn(key, value.length)
    const at = slot.end
    const end = writeKey(slot.bytes, at, key)
    slot.bytes.set(value, end)
    this.#put(slot, key, at, end + value.length)
  }

  /** @throws TableError */
  setText(key: string, value: string): void {
    if (value.length > textReservedMax) {
      this.set(key, bytesOfText(value, 'value'))
      return
    }
    const slot = this.#roomIn(key, 3 * value.length)
    const at = slot.end
    this.#put(slot, key, at, writeText(slot.bytes, writeKey(slot.bytes, at, key), value, 'value'))
  }

  /** @throws TableError */
  setUtf8(key: string, value: Utf8Text): void {
    const slot = this.#roomIn(key, value.byteLength)
    const at = slot.end
    this.#put(slot, key, at, value.copyTo(slot.bytes, writeKey(slot.bytes, at, key)))
  }

  delete(key: string): boolean {
    const slot = this.slots[slotOf(key)]
    if (slot?.index.has(key) !== true) return false
    slot.makeRoom(roomFor(key, 0), this.#buffers)
    const at = slot.end
    const end = writeKey(slot.bytes, at, key)
    finishRecord(slot.bytes, at, end, tombstone)
    this.#append(slot, end)
    this.#take(slot, slot.index.get(key)!)
    slot.index.delete(key)
    slot.tombstones ??= new Map()
    slot.tombstones.set(key, at)
    this.#size--
    this.#order?.remove(key)
    slot.shrink(this.#buffers)
    return true
  }

  /** The keys of a range, in order. */
  keys(range: KeyRange = {}): Iterable<string> {
    return this.#order === undefined ? this.#sortedKeys(range) : this.#order.range(range)
  }

  /**
   * Takes a record of a segment in, unless a later base of its slot holds what stands there. Records come in the order of
   * their checkpoints; the order of the keys is made afterwards.
   */
  load(from: Uint8Array, at: number, checkpoint: number): void {
    const key = keyAt(from, at)
    const place = slotOf(key)
    if (this.basedAt[place]! > checkpoint) return
    const slot = this.#slot(place)
    const length = lengthAt(from, at)
    const isValue = (flagsOf(from, at) & tombstone) === 0
    if (isValue) slot.makeRoom(length, this.#buffers)
    const before = slot.index.get(key)
    if (before === undefined) this.#size++
    else this.#take(slot, before)
    if (isValue) {
      const to = slot.end
      copyBytes(from, at, at + length, slot.bytes, to)
      slot.index.set(key, to)
      this.#append(slot, to + length)
      this.#give(slot, to)
    } else {
      slot.index.delete(key)
      this.#size--
    }
  }

  /** Called when all segments are loaded: all that stands is written. */
  loaded(): void {
    for (const slot of this.slots) slot?.allWritten()
  }

  /** Makes the order of loaded keys, some of it at each step: nothing holds up the loop for long. */
  *orderLoaded(): Generator<void, void> {
    if (this.#order === undefined) return
    const order = new OrderedKeys()
    yield* merge(
      this.slots.flatMap(slot => (slot === undefined ? [] : [slot.index])),
      key => order.append(key),
    )
    this.#order = order
  }

  clear(): void {
    this.slots.fill(undefined)
    this.basedAt.fill(0)
    this.#order?.clear()
    this.#size = 0
    this.#bytes = 0
    this.#hashA = 0
    this.#hashB = 0
  }

  #sortedKeys({ from, to }: KeyRange = {}): string[] {
    const keys: string[] = []
    for (const slot of this.slots) if (slot !== undefined) for (const key of slot.index.keys()) keys.push(key)
    return keys
      .filter(
        key => (from === undefined || compareTexts(key, from) >= 0) && (to === undefined || compareTexts(key, to) < 0),
      )
      .sort(compareTexts)
  }

  #slot(at: number): Slot {
    let slot = this.slots[at]
    if (slot === undefined) {
      slot = new Slot()
      this.slots[at] = slot
    }
    return slot
  }

  #roomIn(key: string, valueBytesMax: number): Slot {
    const slot = this.#slot(slotOf(key))
    slot.makeRoom(roomFor(key, valueBytesMax), this.#buffers)
    return slot
  }

  /** Makes the record that stands at the end of a slot that of its key. */
  #put(slot: Slot, key: string, at: number, end: number): void {
    const { bytes, index } = slot
    finishRecord(bytes, at, end, 0)
    this.#append(slot, end)
    this.#give(slot, at)
    const before = index.get(key)
    if (before !== undefined) {
      index.set(key, at)
      this.#take(slot, before)
      return
    }
    // A key from outside may be a part of a longer text, which it would keep alive.
    const own = keyAt(bytes, at)
    index.set(own, at)
    this.#size++
    this.#order?.add(own)
    const stone = slot.tombstones?.get(own)
    if (stone === undefined) return
    slot.kill(stone)
    slot.tombstones!.delete(own)
  }

  #append(slot: Slot, end: number): void {
    slot.kept += end - slot.end
    slot.end = end
  }

  /** Counts a record that stands now. */
  #give({ bytes }: Slot, at: number): void {
    this.#bytes += lengthAt(bytes, at)
    this.#hashA = (this.#hashA + hashAAt(bytes, at)) | 0
    this.#hashB = (this.#hashB + hashBAt(bytes, at)) | 0
  }

  /** Takes a record out, which stands no more. */
  #take(slot: Slot, at: number): void {
    const { bytes } = slot
    this.#bytes -= lengthAt(bytes, at)
    this.#hashA = (this.#hashA - hashAAt(bytes, at)) | 0
    this.#hashB = (this.#hashB - hashBAt(bytes, at)) | 0
    slot.kill(at)
  }
}

const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0')
