import type { Dependencies } from '../protocol/dependencies.ts'
import { invariant } from '../protocol/errors.ts'
import type { InstanceId } from '../protocol/instance-id.ts'
import { IndexSet } from './index-set.ts'

/**
 * An executed set as plain data, for snapshots: per rank the contiguous prefix, and the indices above it, ascending.
 */
export interface ExecutedSetData {
  readonly prefix: readonly number[]
  readonly above: readonly (readonly number[])[]
}

/** The interface of an executed set for readers. */
export type ReadonlyExecutedSet = Pick<ExecutedSet, 'has' | 'covers' | 'prefix' | 'count' | 'toData' | 'copy'>

/**
 * The executed instances of one epoch (Nops included): per row a contiguous prefix and a sparse rest, so that its size
 * depends on the instances out of order and not on history. Ids at or below a truncation floor are part of the prefix.
 */
export class ExecutedSet {
  readonly #rows: readonly IndexSet[]

  /** The empty set for `n` replicas. */
  constructor(n: number, data?: ExecutedSetData) {
    this.#rows = Array.from({ length: n }, (_, rank) => new IndexSet(data?.prefix[rank], data?.above[rank]))
  }

  /** @throws InvariantError when the two parts of `data` are not about the same number of replicas. */
  static fromData(data: ExecutedSetData): ExecutedSet {
    invariant(
      data.prefix.length === data.above.length,
      () => `executed set: ${data.prefix.length} prefixes, but ${data.above.length} lists of what lies above them`,
    )
    return new ExecutedSet(data.prefix.length, data)
  }

  /** @returns false when the id was in the set already. */
  add(id: InstanceId): boolean {
    return this.#rows[id.rank]!.add(id.index)
  }

  has(id: InstanceId): boolean {
    return this.#rows[id.rank]!.has(id.index)
  }

  /** Whether all ids of a vector are executed. */
  covers(deps: Dependencies): boolean {
    for (let rank = 0; rank < this.#rows.length; rank++) if (deps[rank]! > this.#rows[rank]!.prefix) return false
    return true
  }

  /** Per rank the highest index up to which everything is executed; heartbeats tell it. */
  prefix(): Dependencies {
    return this.#rows.map(row => row.prefix)
  }

  /** Number of executed instances. */
  get count(): number {
    return this.#rows.reduce((sum, row) => sum + row.count, 0)
  }

  copy(): ExecutedSet {
    return ExecutedSet.fromData(this.toData())
  }

  toData(): ExecutedSetData {
    return { prefix: this.#rows.map(row => row.prefix), above: this.#rows.map(row => row.above()) }
  }
}
