import type { InstanceId } from '../protocol/instance-id.ts'
import type { Rank } from '../protocol/membership.ts'
import type { IndexSet } from './index-set.ts'

/**
 * The ids of known payload (learnt, final, or executed), per row, and the vertices that wait for more. Dependencies are
 * down-closed, so an instance with `dep[R] = v` has no dependency of unknown payload in row R exactly when the known
 * prefix of the row reaches v; ids that no replica has heard of are simply holes below v. A waiter waits for a prefix,
 * never for an id.
 */
export class KnownPayloads<W> {
  readonly #rows: readonly IndexSet[]
  readonly #waiting: readonly Map<number, W[]>[]
  readonly #reached: (rank: Rank, index: number) => void
  readonly #wake: (waiter: W) => void

  /**
   * @param rows per rank the indices known at the start: the executed set.
   * @param reached is called for each id, in the order of its row, when the known prefix reaches it.
   * @param wake is called for each waiter when its wait is over.
   */
  constructor(rows: readonly IndexSet[], reached: (rank: Rank, index: number) => void, wake: (waiter: W) => void) {
    this.#rows = rows
    this.#waiting = rows.map(() => new Map())
    this.#reached = reached
    this.#wake = wake
  }

  has(id: InstanceId): boolean {
    return this.#rows[id.rank]!.has(id.index)
  }

  prefix(rank: Rank): number {
    return this.#rows[rank]!.prefix
  }

  /** Notes that the payload of `id` is known. */
  add(id: InstanceId): void {
    const row = this.#rows[id.rank]!
    const before = row.prefix
    row.add(id.index)
    const waiting = this.#waiting[id.rank]!
    for (let index = before + 1; index <= row.prefix; index++) {
      this.#reached(id.rank, index)
      waiting.get(index)?.forEach(this.#wake)
      waiting.delete(index)
    }
  }

  /** Wakes `waiter` once everything in the row up to `index`, which is above the prefix, is known. */
  await(rank: Rank, index: number, waiter: W): void {
    const waiting = this.#waiting[rank]!
    const waiters = waiting.get(index)
    if (waiters === undefined) waiting.set(index, [waiter])
    else waiters.push(waiter)
  }

  /** The unknown indices of a row that a waiter needs, ascending, `limit` at most. */
  awaited(rank: Rank, limit: number): number[] {
    const row = this.#rows[rank]!
    let highest = 0
    for (const index of this.#waiting[rank]!.keys()) highest = Math.max(highest, index)
    const result: number[] = []
    for (let index = row.prefix + 1; index <= highest && result.length < limit; index++) {
      if (!row.has(index)) result.push(index)
    }
    return result
  }
}
