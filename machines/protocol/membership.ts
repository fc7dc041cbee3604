import { type Quorums, quorumsOf } from './quorums.ts'

/** A member's name, given by the operator of the cluster: a positive whole number. */
export type ReplicaId = number
/** A member's place, 0..n-1, in its epoch's member list sorted by id: vectors, ballot owners and tie-breaks use it. */
export type Rank = number

/** One epoch of the cluster: its members, and its quorums. Nothing about membership is global. */
export interface Membership {
  /** 1 for the first. It is part of every instance id. */
  readonly epoch: number
  /** Sorted, distinct. */
  readonly members: readonly ReplicaId[]
  readonly quorums: Quorums
}

/**
 * The membership of an epoch.
 * @throws RangeError when a member is no positive whole number, stands twice, or there are not 1 to 9 of them.
 */
export function createMembership(members: readonly ReplicaId[], epoch = 1): Membership {
  const sorted = [...members].sort((a, b) => a - b)
  sorted.forEach((id, at) => {
    if (!Number.isSafeInteger(id) || id < 1) throw new RangeError(`a member id is a positive whole number, not ${id}`)
    if (id === sorted[at - 1]) throw new RangeError(`member ${id} stands twice in the member list`)
  })
  return { epoch, members: sorted, quorums: quorumsOf(sorted.length) }
}

/**
 * The rank of a member.
 * @throws RangeError when `id` is no member.
 */
export function rankOf(membership: Membership, id: ReplicaId): Rank {
  const rank = membership.members.indexOf(id)
  if (rank < 0) throw new RangeError(`${id} is not a member; the members are ${membership.members.join(', ')}`)
  return rank
}

/** All ranks of the epoch: 0..n-1. */
export const ranksOf = (membership: Membership): readonly Rank[] => membership.members.map((_, rank) => rank)
