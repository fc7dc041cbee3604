import type { Footprint, Keys } from './commands.ts'
import { type Dependencies, noDependencies, normalised } from './dependencies.ts'
import type { InstanceId } from './instance-id.ts'

/** The highest index per replica of the payloads that read, and of those that write. */
interface Row {
  readonly reads: number[]
  readonly writes: number[]
}

/** A conflict index as plain data, for snapshots: `[key, reads, writes]`, and the same for all keys, and for any. */
export interface ConflictIndexData {
  readonly keys: readonly (readonly [key: string, reads: readonly number[], writes: readonly number[]])[]
  readonly all: Row
  readonly any: Row
}

/**
 * The index by payload ([section 8](./README.md#section-8)): per key and class, the highest conflicting index of each
 * replica. An instance is entered when its payload is first learnt, by any route; an entry is never lowered, and stays
 * when the instance becomes Nop (B11: leaving committed Nops out breaks Agreement).
 */
export class ConflictIndex {
  readonly #n: number
  readonly #keys = new Map<string, Row>()
  /** Payloads that touch every key. */
  readonly #all: Row
  /** Payloads that touch anything: the conflicts of a command with the footprint `all`. */
  readonly #any: Row
  /** The footprint last looked up, and the rows of its keys: it is usually entered next. */
  #last: { readonly footprint: Footprint; readonly writes: (Row | undefined)[] } | undefined

  constructor(n: number) {
    this.#n = n
    this.#all = this.#row()
    this.#any = this.#row()
  }

  /** Keys with a row of their own. */
  get size(): number {
    return this.#keys.size
  }

  /** Remembers that the payload of `id` touches `footprint`. Entering twice changes nothing. */
  enter(id: InstanceId, footprint: Footprint): void {
    const known = this.#last?.footprint === footprint ? this.#last.writes : undefined
    this.#last = undefined
    this.#raise(footprint.reads, 'reads', id)
    this.#raise(footprint.writes, 'writes', id, known)
  }

  /**
   * D0 of `id`, or the conflicts that an acceptor adds: per replica the highest index whose remembered payload
   * conflicts with `footprint` (section 2). Computed before `id` itself is entered.
   */
  conflicting(id: InstanceId, footprint: Footprint): Dependencies {
    const deps = noDependencies(this.#n) as number[]
    const reads = touchesAny(footprint.reads)
    const writes = touchesAny(footprint.writes)
    if (footprint.writes === 'all') {
      raise(deps, this.#any.reads)
      raise(deps, this.#any.writes)
    } else if (footprint.reads === 'all') {
      raise(deps, this.#any.writes)
    }
    // A reader conflicts with payloads that write all keys, a writer also with those that read all keys.
    if (reads || writes) raise(deps, this.#all.writes)
    if (writes) raise(deps, this.#all.reads)
    if (footprint.writes !== 'all') {
      const rows = new Array<Row | undefined>(footprint.writes.length)
      this.#last = { footprint, writes: rows }
      for (let at = 0; at < rows.length; at++) {
        const row = this.#keys.get(footprint.writes[at]!)
        rows[at] = row
        if (row === undefined) continue
        raise(deps, row.reads)
        raise(deps, row.writes)
      }
    }
    if (footprint.reads !== 'all') {
      for (const key of footprint.reads) {
        const row = this.#keys.get(key)
        if (row !== undefined) raise(deps, row.writes)
      }
    }
    return normalised(id, deps)
  }

  /** Equal indices give equal data. */
  toData(): ConflictIndexData {
    const keys = [...this.#keys].map(([key, { reads, writes }]) => [key, reads, writes] as const)
    return { keys: keys.sort(([a], [b]) => (a < b ? -1 : 1)), all: this.#all, any: this.#any }
  }

  /** Merges the entries of another index, by maximum: replacing would lose entries of its own. */
  merge({ keys, all, any }: ConflictIndexData): void {
    for (const [key, reads, writes] of keys) mergeRow(this.#rowOf(key), { reads: [...reads], writes: [...writes] })
    mergeRow(this.#all, all)
    mergeRow(this.#any, any)
  }

  /** Level 2 of truncation: forgets the keys without entries above `floor`. */
  evict(floor: Dependencies): void {
    this.#last = undefined
    const lives = (index: number, rank: number) => index > floor[rank]!
    for (const [key, { reads, writes }] of this.#keys)
      if (!reads.some(lives) && !writes.some(lives)) this.#keys.delete(key)
  }

  /** @param known the rows of the keys, those that were there */
  #raise(keys: Keys, kind: keyof Row, id: InstanceId, known?: readonly (Row | undefined)[]): void {
    if (!touchesAny(keys)) return
    lift(this.#any[kind], id)
    if (keys === 'all') {
      lift(this.#all[kind], id)
      return
    }
    for (let at = 0; at < keys.length; at++) lift((known?.[at] ?? this.#rowOf(keys[at]!))[kind], id)
  }

  #rowOf(key: string): Row {
    let row = this.#keys.get(key)
    if (row === undefined) {
      row = this.#row()
      this.#keys.set(key, row)
    }
    return row
  }

  #row(): Row {
    return { reads: new Array<number>(this.#n).fill(0), writes: new Array<number>(this.#n).fill(0) }
  }
}

const touchesAny = (keys: Keys): boolean => keys === 'all' || keys.length > 0

function lift(indices: number[], id: InstanceId): void {
  if (id.index > indices[id.rank]!) indices[id.rank] = id.index
}

function mergeRow(into: Row, from: Row): void {
  raise(into.reads, from.reads)
  raise(into.writes, from.writes)
}

function raise(deps: number[], other: readonly number[]): void {
  for (let rank = 0; rank < deps.length; rank++) if (other[rank]! > deps[rank]!) deps[rank] = other[rank]!
}
