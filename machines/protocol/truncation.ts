import type { Dependencies } from './dependencies.ts'
import type { Quorums } from './quorums.ts'

/**
 * Level 1 of truncation ([section 8](./README.md#section-8)): per row, the index up to which it may be agreed that
 * records go. They are executed durably at n - f members, this one included: the f others cannot form a recovery
 * quorum. Each replica lets them go once they lie in a durable snapshot of its own (AgreedFloors).
 * @param own per row, durably executed here up to there
 * @param others the durably executed prefixes that the peers have told; undefined for one not heard of
 */
export const recordFloor = (
  quorums: Quorums,
  own: Dependencies,
  others: readonly (Dependencies | undefined)[],
): Dependencies =>
  own.map((mine, rank) => {
    const theirs = others.map(executed => executed?.[rank] ?? 0).sort((a, b) => b - a)
    const atQuorum = quorums.slow === 1 ? mine : (theirs[quorums.slow - 2] ?? 0)
    return Math.min(mine, atQuorum)
  })

/** Per row, the least of each coordinate: the part that all of these have. */
export const least = (vectors: readonly Dependencies[]): Dependencies =>
  vectors.slice(1).reduce((result, each) => result.map((value, rank) => Math.min(value, each[rank] ?? 0)), vectors[0]!)

/** Per row, the highest of each coordinate. */
export const greatest = (a: Dependencies, b: Dependencies): Dependencies =>
  a.map((value, rank) => Math.max(value, b[rank] ?? 0))

/**
 * A member's promise about the dependencies of its commands ([rule 8.1](./README.md#rule-8-1)): from its index `from` on, D0 is at least `floor`, which
 * all members had executed when it was chosen.
 */
export interface RaisedFloor {
  readonly floor: Dependencies
  readonly from: number
}
