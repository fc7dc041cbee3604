import type { Footprint, Keys } from './commands.ts'
import { type Dependencies, noDependencies, normalised, union } from './dependencies.ts'
import { DirtyPass, EvictionPass, type IndexEntry, nameOf } from './index-passes.ts'
import {
  dependencyPart,
  executedPart,
  type IndexPart,
  IndexShard,
  type KeyClass,
  type KeyEntries,
} from './index-shard.ts'
import type { InstanceId } from './instance-id.ts'

/** The highest index per replica of the payloads that read, and of those that write. */
type Row = KeyEntries

/** One of the two indices as plain data, for snapshots: `[key, reads, writes]`, and the same for all keys, and for any. */
export interface ConflictIndexData {
  readonly keys: readonly (readonly [key: string, reads: readonly number[], writes: readonly number[]])[]
  readonly all: Row
  readonly any: Row
}

/** Both indices as plain data: the dependency index, and the truncated index. */
export interface ConflictIndicesData {
  readonly dependency: ConflictIndexData
  readonly executed: ConflictIndexData
}

interface Place {
  readonly shard: IndexShard
  readonly slot: number
}

const shardsCount = 256
/** Keys merged between two pauses. */
const mergedAtOnce = 1_024
const everyKey = '*'
const anything = '?'

/**
 * The index by payload ([section 8](./README.md#section-8)): per key and class, the highest conflicting index of each
 * replica. It holds two numbers for each. The _dependency index_ counts every payload: an instance is entered when its payload is first
 * learnt, by any route; an entry is never lowered, and stays when the instance becomes Nop (B11: leaving committed
 * Nops out breaks Agreement). The _truncated index_ counts what was executed as not Nop, and stands for records that
 * are gone.
 */
export class ConflictIndex {
  readonly #n: number
  readonly #shards: (IndexShard | undefined)[] = new Array(shardsCount).fill(undefined)
  /** Payloads that touch every key, and payloads that touch anything: the conflicts of a footprint `all`. */
  readonly #whole: IndexShard
  readonly #all: number
  readonly #any: number
  /** The index of a checkpoint that was installed, until it is merged. */
  #beside: ConflictIndex | undefined
  /** The footprint last looked up, and where its written keys are: it is usually entered next. */
  #last: Footprint | undefined
  readonly #lastShards: IndexShard[] = []
  readonly #lastSlots: number[] = []

  constructor(n: number) {
    this.#n = n
    this.#whole = new IndexShard(n)
    this.#all = this.#whole.slotOf(everyKey)
    this.#any = this.#whole.slotOf(anything)
  }

  /** Keys with entries of their own. */
  get size(): number {
    return this.#shards.reduce((sum, shard) => sum + (shard?.size ?? 0), 0)
  }

  /** Remembers that the payload of `id` touches `footprint`. Entering twice changes nothing. */
  enter(id: InstanceId, footprint: Footprint): void {
    this.#enter(id, footprint, dependencyPart)
  }

  /** Remembers that `id` was executed as a payload that touches `footprint`. */
  executed(id: InstanceId, footprint: Footprint): void {
    this.#enter(id, footprint, executedPart)
  }

  /**
   * D0 of `id`, or the conflicts that an acceptor adds: per replica the highest index whose remembered payload
   * conflicts with `footprint` (section 2). Computed before `id` itself is entered.
   */
  conflicting(id: InstanceId, footprint: Footprint): Dependencies {
    return this.#conflicting(id, footprint, dependencyPart)
  }

  /** The same of the truncated index: the highest that was executed, and was not Nop. */
  conflictingExecuted(id: InstanceId, footprint: Footprint): Dependencies {
    return this.#conflicting(id, footprint, executedPart)
  }

  /** Level 2 of truncation: a pass that forgets the keys without entries above `floor`, a few at a time. */
  evicting(floor: Dependencies): EvictionPass {
    return new EvictionPass(this.#shards, floor, () => {
      this.#last = undefined
    })
  }

  /**
   * A pass over the keys that have changed since the last such pass, for a checkpoint ([rule 8.6](./README.md#rule-8-6)). All that was entered before the
   * pass began has come once it has ended. What changes meanwhile may come too: entries are true facts, and are merged by maximum.
   */
  takingDirty(): DirtyPass {
    return new DirtyPass(this.#whole, this.#shards)
  }

  /** Merges an entry of the own table, at a restart. */
  restore(entry: IndexEntry): void {
    const place = this.#placeOf(entry.name)
    const hasChanged = place.shard.hasChanged(place.slot)
    this.#merge(entry, place)
    place.shard.saved(place.slot, hasChanged)
  }

  /** Merges an entry of another replica, by maximum: replacing would lose entries of its own. */
  merge(entry: IndexEntry): void {
    this.#merge(entry, this.#placeOf(entry.name))
  }

  /**
   * Counts another replica's index beside this one from now on, as if it were merged ([rule
   * 8.12](./README.md#rule-8-12)): it may have more keys than can be merged in one turn.
   */
  countBeside(other: ConflictIndex): void {
    this.#beside = other
  }

  /** Merges the index that counts beside this one, with pauses, and nothing if there is none. */
  *mergingBeside(): Generator<void, void> {
    const other = this.#beside
    if (other === undefined) return
    let count = 0
    for (const entry of other.#entries()) {
      this.merge(entry)
      if (++count % mergedAtOnce === 0) yield
    }
    this.#beside = undefined
  }

  /** Both indices, as plain data. Equal indices give equal data. */
  toData(): ConflictIndicesData {
    const data = (part: IndexPart): ConflictIndexData => {
      const cut = (all: readonly number[]) => all.slice(part * this.#n, (part + 1) * this.#n)
      const rowOf = (shard: IndexShard, key: string): Row => {
        const { reads, writes } = shard.entriesOf(key)
        return { reads: cut(reads), writes: cut(writes) }
      }
      const keys: [string, readonly number[], readonly number[]][] = []
      for (const shard of this.#shards)
        for (const key of shard?.keys() ?? []) {
          const { reads, writes } = rowOf(shard!, key)
          if (reads.some(isEntry) || writes.some(isEntry)) keys.push([key, reads, writes])
        }
      keys.sort(([a], [b]) => (a < b ? -1 : 1))
      return { keys, all: rowOf(this.#whole, everyKey), any: rowOf(this.#whole, anything) }
    }
    return { dependency: data(dependencyPart), executed: data(executedPart) }
  }

  /** Merges the indices of a snapshot, by maximum. */
  mergeData({ dependency, executed }: ConflictIndicesData): void {
    const none = noDependencies(this.#n)
    const parts = [
      [dependency, (row: readonly number[]) => [...row, ...none]],
      [executed, (row: readonly number[]) => [...none, ...row]],
    ] as const
    for (const [{ keys, all, any }, place] of parts) {
      for (const [key, reads, writes] of keys)
        this.merge({ name: nameOf(key), entries: { reads: place(reads), writes: place(writes) } })
      this.merge({ name: everyKey, entries: { reads: place(all.reads), writes: place(all.writes) } })
      this.merge({ name: anything, entries: { reads: place(any.reads), writes: place(any.writes) } })
    }
  }

  #conflicting(id: InstanceId, footprint: Footprint, part: IndexPart): Dependencies {
    const { reads, writes } = footprint
    const deps = noDependencies(this.#n) as number[]
    const isReading = touchesAny(reads)
    const isWriting = touchesAny(writes)
    if (writes === 'all') this.#whole.raise(deps, this.#any, 'reads', part)
    if (writes === 'all' || reads === 'all') this.#whole.raise(deps, this.#any, 'writes', part)
    // A reader conflicts with payloads that write all keys, a writer also with those that read all keys.
    if (isReading || isWriting) this.#whole.raise(deps, this.#all, 'writes', part)
    if (isWriting) this.#whole.raise(deps, this.#all, 'reads', part)
    if (writes !== 'all') this.#raiseToWriters(deps, footprint, writes, part)
    if (reads !== 'all') {
      for (const key of reads) {
        const shard = this.#shards[shardOf(key)]
        const slot = shard === undefined ? -1 : shard.find(key)
        if (slot >= 0) shard!.raise(deps, slot, 'writes', part)
      }
    }
    const beside = this.#beside
    return beside === undefined ? normalised(id, deps) : union(id, deps, beside.#conflicting(id, footprint, part))
  }

  /** Everything in the index; it must not be evicted from meanwhile. */
  *#entries(): Generator<IndexEntry> {
    for (const key of this.#whole.keys()) yield { name: key, entries: this.#whole.entriesOf(key) }
    for (const shard of this.#shards)
      for (const key of shard?.keys() ?? []) yield { name: nameOf(key), entries: shard!.entriesOf(key) }
  }

  /** Raises the dependencies of a writer to what reads and writes its keys, and remembers where these are. */
  #raiseToWriters(deps: number[], footprint: Footprint, keys: readonly string[], part: IndexPart): void {
    this.#last = footprint
    for (let at = 0; at < keys.length; at++) {
      const shard = this.#shardOf(keys[at]!)
      const slot = shard.find(keys[at]!)
      this.#lastShards[at] = shard
      this.#lastSlots[at] = slot
      if (slot < 0) continue
      shard.raise(deps, slot, 'reads', part)
      shard.raise(deps, slot, 'writes', part)
    }
  }

  #enter(id: InstanceId, footprint: Footprint, part: IndexPart): void {
    const at = part * this.#n + id.rank
    this.#lift(footprint.reads, 'reads', at, id.index, false)
    this.#lift(footprint.writes, 'writes', at, id.index, this.#last === footprint)
  }

  /** @param isFound whether the keys are those last looked up */
  #lift(keys: Keys, kind: KeyClass, at: number, index: number, isFound: boolean): void {
    if (!touchesAny(keys)) return
    this.#whole.lift(this.#any, kind, at, index)
    if (keys === 'all') {
      this.#whole.lift(this.#all, kind, at, index)
      return
    }
    for (let which = 0; which < keys.length; which++) {
      const shard = isFound ? this.#lastShards[which]! : this.#shardOf(keys[which]!)
      const found = isFound ? this.#lastSlots[which]! : -1
      shard.lift(found < 0 ? shard.slotOf(keys[which]!) : found, kind, at, index)
    }
  }

  #placeOf(name: string): Place {
    if (name === everyKey || name === anything) return { shard: this.#whole, slot: this.#whole.find(name) }
    const key = name.slice(1)
    const shard = this.#shardOf(key)
    return { shard, slot: shard.slotOf(key) }
  }

  #merge({ entries }: IndexEntry, { shard, slot }: Place): void {
    for (const kind of ['reads', 'writes'] as const)
      entries?.[kind].forEach((index, at) => {
        if (index > 0) shard.lift(slot, kind, at, index)
      })
  }

  #shardOf(key: string): IndexShard {
    const at = shardOf(key)
    let shard = this.#shards[at]
    if (shard === undefined) {
      shard = new IndexShard(this.#n)
      this.#shards[at] = shard
    }
    return shard
  }
}

const isEntry = (index: number): boolean => index > 0
const touchesAny = (keys: Keys): boolean => keys === 'all' || keys.length > 0

/** Long keys differ at one end. */
const hashedAtEachEnd = 16

function shardOf(key: string): number {
  let hash = key.length
  const head = Math.min(key.length, hashedAtEachEnd)
  for (let at = 0; at < head; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x0100_0193)
  for (let at = Math.max(head, key.length - hashedAtEachEnd); at < key.length; at++)
    hash = Math.imul(hash ^ key.charCodeAt(at), 0x0100_0193)
  return (hash ^ (hash >>> 15)) & (shardsCount - 1)
}
