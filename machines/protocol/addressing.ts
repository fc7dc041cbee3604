import { initialBallot } from './ballots.ts'
import { NOP } from './commands.ts'
import type { InstanceId } from './instance-id.ts'
import type { Rank } from './membership.ts'
import type { InstanceMessage } from './messages.ts'

/** Replicas, by rank, as bits. */
export type RankSet = number

/** All replicas. */
export const everybody: RankSet = -1

export const has = (ranks: RankSet, rank: Rank): boolean => (ranks & (1 << rank)) !== 0

/** The same set of replicas, from a list of their ranks. */
export const rankSet = (ranks: readonly Rank[]): RankSet => ranks.reduce((bits, rank) => bits | (1 << rank), 0)

/** The replicas of a set, of n in all, in order of rank. */
export const ranksIn = (ranks: RankSet, n: number): readonly Rank[] =>
  Array.from({ length: n }, (_, rank) => rank).filter(rank => has(ranks, rank))

/** All replicas of n but this one. */
export const othersThan = (self: Rank, n: number): RankSet => ((1 << n) - 1) & ~(1 << self)

/**
 * A message of an instance, and when it may leave. `durable`: after the flush that covers all state that it reveals
 * (section 6); `now`: section 6 exempts it. An unhurried message waits a short time for a flush and a frame that
 * another one needs.
 */
export interface Say {
  readonly type: 'say'
  readonly to: RankSet
  readonly message: InstanceMessage
  readonly when: 'durable' | 'now'
  readonly isHurried: boolean
}

/** A message to this replica itself. `durable`: it counts once that is durable; `now`: it counts at once. */
export interface ToSelf {
  readonly type: 'toSelf'
  readonly message: InstanceMessage
  readonly when: 'durable' | 'now'
}

/** The circumstances that decide the addressing of messages, beside the instance itself. */
export interface Circumstances {
  readonly self: Rank
  readonly n: number
  /** Section 6, the faster rule: the own index is reserved durably. */
  isReserved(index: number): boolean
  /** The replicas whose votes on a preAccept of mine with this index are awaited. */
  awaitedForPreAccept(index: number): RankSet
  /** The replicas whose votes on an accept of mine at ballot 0 are awaited. */
  awaitedForAccept(): RankSet
  /** The replicas that say that no vote of them leaves (section 4, *Mute*). */
  mute(): RankSet
  /** The replicas that hold the payload of the instance, as they have told or by the order of the link. */
  heldBy(id: InstanceId): RankSet
}

/**
 * A reply to the sender of a message.
 * @param unhurried whether the sender does not wait for it
 */
export function reply(to: Rank, message: InstanceMessage, unhurried: boolean, where: Circumstances): Say | ToSelf {
  if (to === where.self) {
    // The faster rule: a decision by my own vote is told after one flush that has both (What is left out, and what may
    // wait).
    const countsAtOnce = message.type === 'preAcceptOk' && where.isReserved(message.id.index)
    return { type: 'toSelf', message, when: countsAtOnce ? 'now' : 'durable' }
  }
  return { type: 'say', to: 1 << to, message, when: 'durable', isHurried: !unhurried }
}

/** A request of the coordinator to all others. Replicas whose votes are not awaited are told so. */
export function broadcast(message: InstanceMessage, where: Circumstances): readonly Say[] {
  const others = othersThan(where.self, where.n)
  if (message.type === 'preAccept') {
    const { index } = message.id
    return asked(message, others, where.awaitedForPreAccept(index), where.isReserved(index) ? 'now' : 'durable')
  }
  const isAtZero = message.type === 'accept' && message.bal === initialBallot
  const awaited = isAtZero ? where.awaitedForAccept() : everybody
  const holders = message.type === 'accept' ? where.heldBy(message.id) : 0
  if ((others & holders) === 0) return asked(message, others, awaited, 'durable')
  return [
    ...asked(withoutPayload(message), others & holders, awaited, 'durable'),
    ...asked(message, others & ~holders, awaited, 'durable'),
  ]
}

/**
 * A message to some replicas, and to oneself at once (rule 3.1): a request that is sent again, or that only some are
 * asked. A replica that is mute could not answer, and is asked when it no longer is (section 4, *Mute*).
 */
export function sendTo(
  to: readonly Rank[],
  message: InstanceMessage,
  { self, mute }: Circumstances,
): readonly (Say | ToSelf)[] {
  const others = rankSet(to) & ~(1 << self) & ~mute()
  const spoken: (Say | ToSelf)[] = []
  if (others !== 0) spoken.push({ type: 'say', to: others, message, when: 'durable', isHurried: true })
  if (to.includes(self)) spoken.push({ type: 'toSelf', message, when: 'now' })
  return spoken
}

/**
 * A commit to all others: exempt from waiting for a flush once it may be told at all (section 6).
 * @param isUrgent whether another replica is known to wait for it
 */
export function tellCommit(message: InstanceMessage, isUrgent: boolean, where: Circumstances): readonly Say[] {
  const others = othersThan(where.self, where.n)
  const holders = where.heldBy(message.id)
  const say = (to: RankSet, each: InstanceMessage): Say[] =>
    to === 0 ? [] : [{ type: 'say', to, message: each, when: 'now', isHurried: isUrgent }]
  if ((others & holders) === 0) return say(others, message)
  return [...say(others & holders, withoutPayload(message)), ...say(others & ~holders, message)]
}

/** A request to the replicas whose votes are awaited, and without hurry to the rest. */
function asked(message: InstanceMessage, to: RankSet, awaited: RankSet, when: Say['when']): Say[] {
  const says: Say[] = []
  const near = to & awaited
  const rest = to & ~awaited
  if (near !== 0) says.push({ type: 'say', to: near, message, when, isHurried: true })
  if (rest !== 0) {
    const unhurried = { ...message, unhurried: true } as InstanceMessage
    // A preAccept goes at once all the same: it lies before the commit on its link. An accept goes with the commit that
    // follows.
    says.push({ type: 'say', to: rest, message: unhurried, when, isHurried: message.type === 'preAccept' })
  }
  return says
}

/**
 * The message for replicas that hold the payload: an accept or a commit need not carry it again. A Nop is always sent
 * whole.
 */
const withoutPayload = (message: InstanceMessage): InstanceMessage =>
  (message.type === 'accept' || message.type === 'commit') && message.cmd !== NOP
    ? { ...message, cmd: undefined }
    : message
