import { type Dependencies, sameDependencies } from './dependencies.ts'
import { greatest } from './truncation.ts'

/** Floors that this replica has not reached, kept apart; with more of them the last ones are one. */
const pendingMax = 16

/**
 * The floors up to which records may go at any replica ([section 8](./README.md#section-8), level 1): a chain of
 * vectors that all replicas execute in the same order, each at least the one before. Two replicas that let records go
 * by quorums of their own could each lack what only the other has dropped, and with the third gone neither could ever
 * help the other (T8). In a chain the one that stands higher has executed all that the other has dropped, and its
 * snapshot helps.
 */
export class AgreedFloors {
  #latest: Dependencies
  #reached: Dependencies
  #pending: Dependencies[] = []

  constructor(latest: Dependencies) {
    this.#latest = latest
    this.#reached = latest.map(() => 0)
    this.#pending = [latest]
  }

  get latest(): Dependencies {
    return this.#latest
  }

  /** A truncation was executed here. @returns whether it raises the floor */
  executed(floor: Dependencies): boolean {
    const before = this.#latest
    this.#latest = greatest(before, floor)
    if (sameDependencies(before, this.#latest)) return false
    if (this.#pending.length >= pendingMax) this.#pending.pop()
    this.#pending.push(this.#latest)
    return true
  }

  /** The highest floor covered by `prefix`, the executed prefixes of a snapshot here. */
  within(prefix: Dependencies): Dependencies {
    while (this.#pending.length > 0 && this.#pending[0]!.every((index, rank) => index <= prefix[rank]!))
      this.#reached = this.#pending.shift()!
    return this.#reached
  }
}
