import type { Footprint, Keys } from '../protocol/commands.ts'
import { OrderedRow } from './ordered-row.ts'
import type { Vertex } from './vertex.ts'

type Access = 'writes' | 'reads'
type Rows = (OrderedRow<Vertex> | undefined)[]

/** The unexecuted instances that write, and that read, one thing: per row, by index. */
export class ConflictList {
  readonly writes: Rows = []
  readonly reads: Rows = []
  /** Whether every instance here conflicts with each one under `writes`. */
  readonly writersConflictWithAll: boolean
  size = 0

  constructor(writersConflictWithAll: boolean) {
    this.writersConflictWithAll = writersConflictWithAll
  }

  add(access: Access, vertex: Vertex): void {
    const rows = this[access]
    rows[vertex.id.rank] ??= new OrderedRow()
    if (rows[vertex.id.rank]!.add(vertex.id.index, vertex)) this.size++
  }

  remove(access: Access, vertex: Vertex): void {
    const rows = this[access]
    const row = rows[vertex.id.rank]
    if (row?.remove(vertex.id.index)) this.size--
    if (row?.size === 0) rows[vertex.id.rank] = undefined
  }
}

/** A list in which an instance meets its conflicts: the writers, or writers and readers. */
export interface Lane {
  readonly list: ConflictList
  readonly readersToo: boolean
}

const isNone = (keys: Keys): boolean => keys !== 'all' && keys.length === 0

/**
 * The unexecuted instances within the known prefix of their row, by the keys that they touch. An instance finds its
 * conflicts there without visiting the instances that it commutes with. There is one list for each key, one of the
 * footprints that say `'all'`, and one of all instances for these to walk. Nothing is looked up above the known prefix,
 * and instances are added in the order of their row.
 */
export class ConflictLists {
  readonly #keys = new Map<string, ConflictList>()
  /** Instances that stand alone on a key, as most do. A list is made when another one comes. */
  readonly #alone: { readonly [A in Access]: Map<string, Vertex> } = { writes: new Map(), reads: new Map() }
  readonly #all = new ConflictList(true)
  readonly #everybody = new ConflictList(false)
  /** Instances added since the last lookup: most leave again before the next. */
  readonly #unsorted = new Set<Vertex>()

  add(vertex: Vertex): void {
    this.#unsorted.add(vertex)
  }

  remove(vertex: Vertex): void {
    if (this.#unsorted.delete(vertex)) return
    this.#remove('writes', vertex.footprint.writes, vertex)
    this.#remove('reads', vertex.footprint.reads, vertex)
  }

  /**
   * The lists in which an instance meets all its conflicts. `own` is 1 for an instance that stands here itself, else 0.
   */
  lanesOf({ reads, writes }: Footprint, own: 0 | 1): Lane[] {
    this.#sort()
    if (writes === 'all') return [{ list: this.#everybody, readersToo: true }]
    const lanes: Lane[] = []
    if (this.#all.size > 0 && !(isNone(reads) && isNone(writes)))
      lanes.push({ list: this.#all, readersToo: !isNone(writes) })
    this.#pushLanes(lanes, writes, true, own)
    if (reads === 'all') lanes.push({ list: this.#everybody, readersToo: false })
    else this.#pushLanes(lanes, reads, false, own)
    return lanes
  }

  #pushLanes(lanes: Lane[], keys: readonly string[], readersToo: boolean, own: 0 | 1): void {
    for (const key of keys) {
      // An instance that stands here itself, and alone, meets no other.
      const list = this.#keys.get(key) ?? (own === 0 ? this.#listOfLone(key) : undefined)
      if (list !== undefined && list.size > own) lanes.push({ list, readersToo })
    }
  }

  #sort(): void {
    for (const vertex of this.#unsorted) {
      this.#add('writes', vertex.footprint.writes, vertex)
      this.#add('reads', vertex.footprint.reads, vertex)
    }
    this.#unsorted.clear()
  }

  #add(access: Access, keys: Keys, vertex: Vertex): void {
    if (isNone(keys)) return
    this.#everybody.add(access, vertex)
    if (keys === 'all') {
      this.#all.add(access, vertex)
      return
    }
    for (const key of keys) {
      const list = this.#keys.get(key) ?? this.#listOfLone(key)
      if (list === undefined) this.#alone[access].set(key, vertex)
      else list.add(access, vertex)
    }
  }

  #listOfLone(key: string): ConflictList | undefined {
    const { writes, reads } = this.#alone
    const access = writes.has(key) ? 'writes' : 'reads'
    const vertex = access === 'writes' ? writes.get(key) : reads.size > 0 ? reads.get(key) : undefined
    if (vertex === undefined) return undefined
    const list = new ConflictList(true)
    list.add(access, vertex)
    this.#alone[access].delete(key)
    this.#keys.set(key, list)
    return list
  }

  #remove(access: Access, keys: Keys, vertex: Vertex): void {
    if (isNone(keys)) return
    this.#everybody.remove(access, vertex)
    if (keys === 'all') {
      this.#all.remove(access, vertex)
      return
    }
    for (const key of keys) {
      const list = this.#keys.get(key)
      if (list === undefined && this.#alone[access].get(key) === vertex) this.#alone[access].delete(key)
      list?.remove(access, vertex)
      if (list?.size === 0) this.#keys.delete(key)
    }
  }
}
