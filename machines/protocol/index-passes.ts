import type { Dependencies } from './dependencies.ts'
import type { IndexShard, KeyEntries } from './index-shard.ts'

/**
 * The entries of one key as plain data, for the table of a checkpoint: per class, the dependency index and then the
 * truncated index. The name of a key begins with `=`; `*` stands for payloads that touch every key, `?` for any.
 */
export interface IndexEntry {
  readonly name: string
  /** Undefined: the key was evicted. */
  readonly entries: KeyEntries | undefined
}

/** The name of a key in the table of a checkpoint. */
export const nameOf = (key: string): string => `=${key}`

/** An eviction under way: it goes over the keys of an index a few at a time, so that it never holds the loop. */
export class EvictionPass {
  readonly #shards: (IndexShard | undefined)[]
  readonly #floor: Dependencies
  readonly #moved: () => void
  #at = 0

  /** @param moved called when slots of keys may have changed */
  constructor(shards: (IndexShard | undefined)[], floor: Dependencies, moved: () => void) {
    this.#shards = shards
    this.#floor = floor
    this.#moved = moved
  }

  /** Looks at `keysMax` keys or a few more. @returns whether the pass has ended */
  next(keysMax: number): boolean {
    this.#moved()
    let seen = 0
    for (; this.#at < this.#shards.length && seen < keysMax; this.#at++) {
      const shard = this.#shards[this.#at]
      if (shard === undefined) continue
      seen += shard.size
      shard.evict(this.#floor)
      if (shard.isEmpty) this.#shards[this.#at] = undefined
    }
    return this.#at === this.#shards.length
  }
}

/** The keys of an index that have changed, on their way to the table of a checkpoint, a few at a time. */
export class DirtyPass {
  readonly #entries: Iterator<IndexEntry>

  constructor(whole: IndexShard, shards: readonly (IndexShard | undefined)[]) {
    this.#entries = dirtyEntries(whole, shards)
  }

  /** Takes the next ones, `entriesMax` at most. None: the pass has ended. */
  next(entriesMax: number): readonly IndexEntry[] {
    const taken: IndexEntry[] = []
    while (taken.length < entriesMax) {
      const { done, value } = this.#entries.next()
      if (done === true) break
      taken.push(value)
    }
    return taken
  }
}

function* dirtyEntries(whole: IndexShard, shards: readonly (IndexShard | undefined)[]): Generator<IndexEntry> {
  for (const key of whole.keys()) if (whole.takeMark(key)) yield { name: key, entries: whole.entriesOf(key) }
  for (const shard of shards) {
    if (shard === undefined || !shard.isDirty) continue
    for (const key of shard.takeGone()) yield { name: nameOf(key), entries: undefined }
    for (const key of shard.keys()) if (shard.takeMark(key)) yield { name: nameOf(key), entries: shard.entriesOf(key) }
  }
}
