import { type Ballot, initialBallot } from './ballots.ts'
import type { Rank } from './membership.ts'

/**
 * The situation of an uncommitted instance, from which the policy decides which replica acts
 * ([section 4](./README.md#section-4), head). The time to act is policy, never safety. Only one replica at a time
 * should act: recoveries that meet pre-empt each other (B14).
 */
export interface Situation {
  readonly self: Rank
  readonly initialCoordinator: Rank
  /** The ballot of the attempt that runs here; undefined for none. */
  readonly attempt: Ballot | undefined
  /** The attempt has had its (growing, jittered) delay and has not committed (rule 4.6). */
  readonly attemptOverdue: boolean
  /** The highest ballot known here, promised or told of by a nack. */
  readonly highestBallot: Ballot
  /** Ranks that are heard of, able to vote and in step; this replica among them. */
  readonly live: readonly Rank[]
  /** Whether this replica hears a quorum, so that it could decide something. */
  readonly hearsQuorum: boolean
  /** Number of tryRecovers sent for the instance without a commit. */
  readonly asked: number
  /** The owner of the highest ballot: it leads a recovery, or has led one. Undefined at ballot 0. */
  readonly ballotOwner: Rank | undefined
  /** Whether many recoveries are led here at once. */
  readonly isBacklog: boolean
  /** How often it was left to a replica that leads in place of this one. */
  readonly yielded: number
  /** Whether flushes here take so long that another replica would be done sooner. */
  readonly isSlow: boolean
  /** Peers that say so of themselves. */
  readonly slow: readonly Rank[]
}

export type Move =
  /** Send unanswered messages again: coordinators retransmit, they do not recover (L1 says when they do). */
  | { readonly move: 'resend' }
  /** Lead a recovery at a ballot above all that are known. */
  | { readonly move: 'recover' }
  /** Send tryRecover to the replica that should recover. */
  | { readonly move: 'ask'; readonly rank: Rank }
  /** Leave it for a while to a replica that leads in place of this one. */
  | { readonly move: 'yield' }
  /** Nothing that could help can be done here now. */
  | { readonly move: 'wait' }

/** Number of unanswered requests after which a replica recovers the instance itself. */
export const askedMax = 3

export function nextMove(situation: Situation): Move {
  const move = usualMove(situation)
  // A replica that hears too few would only outbid those that can decide it (B14).
  return move.move === 'recover' && !situation.hearsQuorum ? { move: 'wait' } : move
}

function usualMove(situation: Situation): Move {
  const { self, initialCoordinator, attempt, live } = situation
  if (attempt !== undefined) {
    // Ballot 0 is resent while no replica has gone above it; an attempt above 0 is restarted by its owner (L2).
    if (attempt === initialBallot) return { move: situation.highestBallot === initialBallot ? 'resend' : 'recover' }
    if (!situation.attemptOverdue) return helped(situation) ?? { move: 'resend' }
    if (situation.highestBallot <= attempt) return { move: 'recover' }
    // Refused by a higher ballot: a replica acts again only if it is the one that should (section 7).
  }
  // No attempt runs here, or one without success. An own instance was then outbid, or lost by the network, or never
  // begun (L1).
  if (initialCoordinator === self) return helped(situation) ?? { move: 'recover' }
  if (situation.asked >= askedMax) return yielding(situation) ?? { move: 'recover' }
  const leader = live.includes(initialCoordinator) ? initialCoordinator : Math.min(...live)
  return leader === self ? { move: 'recover' } : { move: 'ask', rank: leader }
}

/** A replica with slow flushes asks another to lead instead, as often as any is asked: that one may know better. */
function helped({ self, live, asked, isSlow, slow }: Situation): Move | undefined {
  if (!isSlow || asked >= askedMax) return undefined
  const helpers = live.filter(rank => rank !== self && !slow.includes(rank))
  return helpers.length === 0 ? undefined : { move: 'ask', rank: Math.min(...helpers) }
}

/** A live replica that could lead in place of one whose flushes are slow. */
export interface Helper {
  readonly rank: Rank
  /** From a request to its vote, its flush included. */
  readonly answersInMs: number
}

/** A recovery that is led elsewhere takes so many round trips (4.1, 4.4, 3.4). */
const roundTrips = 3

/**
 * The replica that is to decide what waits for a flush here: the one that answers soonest, if it is done before the flush.
 * Undefined: there is none, as where all disks are slow.
 */
export function helperOf(helpers: readonly Helper[], flushMs: number): Rank | undefined {
  const [soonest, ...others] = helpers
  if (soonest === undefined) return undefined
  const { rank, answersInMs } = others.reduce((a, b) => (b.answersInMs < a.answersInMs ? b : a), soonest)
  return roundTrips * answersInMs < flushMs ? rank : undefined
}

/**
 * Who has asked in vain is not the only one that has. A live replica that leads a recovery of the instance is not outbid
 * while it may still be at it, and where there are many recoveries the lowest live replica leads them alone. Each is
 * left to it as often as any is asked; nothing is said, since a message for each would hold it up.
 */
function yielding({ self, initialCoordinator, live, ballotOwner, isBacklog, yielded }: Situation): Move | undefined {
  if (yielded >= askedMax || ballotOwner === self) return undefined
  const isLed = ballotOwner !== undefined && ballotOwner !== initialCoordinator && live.includes(ballotOwner)
  const lowest = Math.min(...live.filter(rank => rank !== initialCoordinator))
  return isLed || (isBacklog && lowest !== self) ? { move: 'yield' } : undefined
}
