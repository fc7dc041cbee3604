/** The largest number of replicas in one epoch. */
export const membersMax = 9

/**
 * Sizes of one epoch's quorums ([section 1](./README.md#section-1); EPaxos*, OPODIS 2025). A coordinator counts itself.
 */
export interface Quorums {
  /** Replicas. */
  readonly n: number
  /** Number of crashes that are survived. */
  readonly f: number
  /** Number of crashes that leave the fast path open. */
  readonly e: number
  /** Replies that a slow-path accept or a recovery needs: n - f. */
  readonly slow: number
  /** Replies equal to initDep that the fast path needs: n - e. */
  readonly fast: number
  /** A wait of recovery gives up on a `waiting(id', k')` with k' strictly above this: n - f - e (rule 4.5.3). */
  readonly waitingThreshold: number
}

/**
 * The quorums for `n` replicas, 1 to 9.
 * @throws RangeError for any other n.
 */
export function quorumsOf(n: number): Quorums {
  if (!Number.isInteger(n) || n < 1 || n > membersMax)
    throw new RangeError(`a cluster has 1 to ${membersMax} replicas, not ${n}`)
  const f = Math.floor((n - 1) / 2)
  const e = Math.min(f, Math.floor((n - f + 1) / 2))
  return { n, f, e, slow: n - f, fast: n - e, waitingThreshold: n - f - e }
}
