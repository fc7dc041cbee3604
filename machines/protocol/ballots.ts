import type { Rank } from './membership.ts'

/** A ballot of one instance: 0 belongs to its initial coordinator, b = k*n + p (k >= 1) to the replica of rank p. */
export type Ballot = number

/** The ballot that every instance starts at. */
export const initialBallot: Ballot = 0

/**
 * The owner of `ballot`, for an instance coordinated at first by `initialCoordinator`
 * ([section 2](./README.md#section-2)).
 */
export const ownerOf = (ballot: Ballot, initialCoordinator: Rank, n: number): Rank =>
  ballot === initialBallot ? initialCoordinator : ballot % n

/** The next ballot above `above` that belongs to `rank`. Not `above + n`: that may be another owner's (B7). */
export const nextBallot = (above: Ballot, rank: Rank, n: number): Ballot => (Math.floor(above / n) + 1) * n + rank

/**
 * The most by which one message may raise the ballot known here ([rule 7.4](./README.md#rule-7-4)). Recoveries of one instance need years of outbidding
 * each other for so many ballots; one message with the highest number there is would leave none above it.
 */
export const ballotJumpMax = 2 ** 24

/** 0, or k*n + p with k >= 1: the numbers between have no owner. */
export const isBallot = (ballot: number, n: number): boolean => ballot === initialBallot || ballot >= n
