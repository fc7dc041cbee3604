import { quorumsOf } from '../../../machines/protocol/quorums.ts'
import { roundTripMs, roundTrips, sites } from './sites.ts'

const ranks = sites.map((_, rank) => rank)
const quorums = quorumsOf(sites.length)

/** The time until so many replicas have answered a site, itself included, ms: what no flush and no queue adds to. */
function nearestMs(rank: number, replicas: number): number {
  return ranks.map(other => roundTripMs(rank, other)).sort((a, b) => a - b)[replicas - 1]!
}

/** By rank: the round trip to the nearest fast quorum, n - e replicas with the coordinator, ms. */
export const fastQuorumMs: readonly number[] = ranks.map(rank => nearestMs(rank, quorums.fast))

/** By rank: the round trip to the nearest n - f replicas, the site itself included, ms: no read by quorum is faster. */
export const slowQuorumMs: readonly number[] = ranks.map(rank => nearestMs(rank, quorums.slow))

export const longestRoundTripMs: number = Math.max(...roundTrips.map(([, , ms]) => ms))

/**
 * By rank, the least that a leader-based protocol takes, ms: to the leader, its round trip to the nearest majority, and back.
 * Its leader is where the mean over all sites is least.
 */
export const leaderBased: { readonly leader: number; readonly ms: readonly number[] } = ranks
  .map(leader => ({ leader, ms: ranks.map(rank => roundTripMs(rank, leader) + nearestMs(leader, quorums.slow)) }))
  .reduce((best, each) => (sum(each.ms) < sum(best.ms) ? each : best))

function sum(values: readonly number[]): number {
  return values.reduce((all, each) => all + each, 0)
}
