/** The two indices of section 8 side by side, as offsets within a row of entries: a factor of n. */
export const dependencyPart = 0
export const executedPart = 1
export type IndexPart = typeof dependencyPart | typeof executedPart

/** The class of a payload on a key. */
export type KeyClass = 'reads' | 'writes'

const parts = 2
const dirty = 1
const saved = 2
const slotsMin = 4

/** The entries of one key, copied: per class, both parts one after the other. */
export interface KeyEntries {
  readonly reads: readonly number[]
  readonly writes: readonly number[]
}

/**
 * A part of a conflict index: the entries of some of its keys, in flat arrays. The index has many of them, so that
 * neither the growth of a table nor an eviction ever touches all keys at once. Rows of readers are made when the first
 * reader comes: most keys are only written.
 */
export class IndexShard {
  readonly #width: number
  readonly #slots = new Map<string, number>()
  #writes: Float64Array
  #reads: Float64Array | undefined
  #marks: Uint8Array
  #free: number[] = []
  #used = 0
  #dirty = 0
  /** Keys that were evicted and stand in the table of the last checkpoint. */
  #gone: string[] = []

  constructor(n: number) {
    this.#width = parts * n
    this.#writes = new Float64Array(slotsMin * this.#width)
    this.#marks = new Uint8Array(slotsMin)
  }

  /** Number of keys. */
  get size(): number {
    return this.#slots.size
  }

  /** Whether nothing is left that anybody asks for. */
  get isEmpty(): boolean {
    return this.#slots.size === 0 && this.#gone.length === 0
  }

  /** Whether a key has changed, or gone, since it was last taken. */
  get isDirty(): boolean {
    return this.#dirty > 0 || this.#gone.length > 0
  }

  /** The slot of a key, -1 for none. It is valid until the next eviction. */
  find(key: string): number {
    return this.#slots.get(key) ?? -1
  }

  /** The slot of a key, made if it is new. */
  slotOf(key: string): number {
    let slot = this.#slots.get(key)
    if (slot === undefined) {
      slot = this.#free.pop() ?? this.#used++
      if (slot >= this.#marks.length) this.#resize(Math.ceil(this.#marks.length * 1.5))
      this.#slots.set(key, slot)
    }
    return slot
  }

  /** Raises `deps` to the entries of a slot. */
  raise(deps: number[], slot: number, kind: KeyClass, part: IndexPart): void {
    const entries = kind === 'writes' ? this.#writes : this.#reads
    if (entries === undefined) return
    const at = slot * this.#width + part * deps.length
    for (let rank = 0; rank < deps.length; rank++) {
      const index = entries[at + rank]!
      if (index > deps[rank]!) deps[rank] = small(index)
    }
  }

  /** Raises one entry of a slot; it is never lowered. */
  lift(slot: number, kind: KeyClass, at: number, index: number): void {
    if (kind === 'reads') this.#reads ??= new Float64Array(this.#writes.length)
    const entries = kind === 'writes' ? this.#writes : this.#reads!
    const place = slot * this.#width + at
    if (index <= entries[place]!) return
    entries[place] = index
    this.#mark(slot)
  }

  /** Whether a slot has changed since it was last taken. */
  hasChanged(slot: number): boolean {
    return (this.#marks[slot]! & dirty) !== 0
  }

  /** Notes that the table of the last checkpoint has the key. @param hasChanged not as it is here */
  saved(slot: number, hasChanged: boolean): void {
    if (this.hasChanged(slot)) this.#dirty--
    if (hasChanged) this.#dirty++
    this.#marks[slot] = hasChanged ? saved | dirty : saved
  }

  /** The keys, in the order in which they came. */
  keys(): IterableIterator<string> {
    return this.#slots.keys()
  }

  /** The entries of a key that has some, copied. */
  entriesOf(key: string): KeyEntries {
    const at = this.#slots.get(key)! * this.#width
    const none = () => new Array<number>(this.#width).fill(0)
    return {
      reads: this.#reads === undefined ? none() : Array.from(this.#reads.subarray(at, at + this.#width), small),
      writes: Array.from(this.#writes.subarray(at, at + this.#width), small),
    }
  }

  /** Takes the mark of a key that has changed. @returns whether it had */
  takeMark(key: string): boolean {
    const slot = this.#slots.get(key)
    if (slot === undefined || !this.hasChanged(slot)) return false
    this.saved(slot, false)
    return true
  }

  /** Takes the evicted keys that the table of the last checkpoint still has. */
  takeGone(): readonly string[] {
    const gone = this.#gone.filter(key => !this.#slots.has(key))
    this.#gone = []
    return gone
  }

  /** Forgets the keys without an entry above `floor`, and returns memory that a flood has left. */
  evict(floor: readonly number[]): void {
    this.#slots.forEach((slot, key) => {
      if (this.#isAbove(slot, floor)) return
      const mark = this.#marks[slot]!
      if ((mark & dirty) !== 0) this.#dirty--
      if ((mark & saved) !== 0) this.#gone.push(key)
      this.#clear(slot)
      this.#free.push(slot)
      this.#slots.delete(key)
    })
    const { size } = this.#slots
    if (this.#marks.length > 4 * Math.max(size, slotsMin)) this.#compact(Math.max(2 * size, slotsMin))
  }

  #isAbove(slot: number, floor: readonly number[]): boolean {
    const writes = this.#writes
    const reads = this.#reads
    const end = (slot + 1) * this.#width
    for (let at = slot * this.#width; at < end; )
      for (let rank = 0; rank < floor.length; rank++, at++)
        if (writes[at]! > floor[rank]! || (reads !== undefined && reads[at]! > floor[rank]!)) return true
    return false
  }

  #mark(slot: number): void {
    if (this.hasChanged(slot)) return
    this.#marks[slot] = this.#marks[slot]! | dirty
    this.#dirty++
  }

  #clear(slot: number): void {
    const from = slot * this.#width
    this.#writes.fill(0, from, from + this.#width)
    this.#reads?.fill(0, from, from + this.#width)
    this.#marks[slot] = 0
  }

  #resize(slots: number): void {
    this.#writes = grown(this.#writes, slots * this.#width)
    if (this.#reads !== undefined) this.#reads = grown(this.#reads, slots * this.#width)
    const marks = new Uint8Array(slots)
    marks.set(this.#marks)
    this.#marks = marks
  }

  /** Moves all rows to the front of arrays with room for `slots`. */
  #compact(slots: number): void {
    const writes = new Float64Array(slots * this.#width)
    const reads = this.#reads === undefined ? undefined : new Float64Array(slots * this.#width)
    const marks = new Uint8Array(slots)
    let next = 0
    for (const [key, slot] of this.#slots) {
      const from = slot * this.#width
      writes.set(this.#writes.subarray(from, from + this.#width), next * this.#width)
      reads?.set(this.#reads!.subarray(from, from + this.#width), next * this.#width)
      marks[next] = this.#marks[slot]!
      this.#slots.set(key, next++)
    }
    this.#writes = writes
    this.#reads = reads
    this.#marks = marks
    this.#free = []
    this.#used = next
  }
}

/** An index as a small integer, while it is one: what is read of a Float64Array would make arrays of doubles. */
export const small = (index: number): number => (index < 0x7fff_ffff ? index | 0 : index)

function grown(entries: Float64Array, length: number): Float64Array {
  const larger = new Float64Array(length)
  larger.set(entries)
  return larger
}
