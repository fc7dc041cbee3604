import type { Dependencies } from '../protocol/dependencies.ts'
import type { InstanceId } from '../protocol/instance-id.ts'
import type { Rank } from '../protocol/membership.ts'
import type { InstanceMessage, MessageOf, WithValue } from '../protocol/messages.ts'
import type { Record } from '../protocol/record.ts'
import type { Invalidating, MemberVerdict } from '../protocol/recovery.ts'

/** Messages to an instance; `waiting` is for the recoveries that wait for it. */
type ReachingType = Exclude<InstanceMessage['type'], 'waiting'>

/** The knowledge of this replica that the rule of a message needs. */
interface Known {
  readonly preAccept: { /** What conflicts with cmd here, by the conflict index. */ readonly conflicting: Dependencies }
  readonly preAcceptOk: { /** Replicas believed down, by rank, as bits. */ readonly down: number }
  readonly validate: { /** Rule 4.4: I, as known here. */ readonly invalidating: readonly Invalidating[] }
}

/** A message, with its command where that was told, or known here. */
type Told<K extends ReachingType> = K extends 'accept' | 'commit' ? WithValue<MessageOf<K>> : MessageOf<K>

/** A message as the statechart sees it: with its sender, and with the knowledge of this replica that the rule needs. */
type Received<K extends ReachingType> = {
  readonly type: K
  readonly from: Rank
  readonly message: Told<K>
} & (K extends keyof Known ? Known[K] : unknown)

/** Messages to an instance. `tryRecover` is for the replica that leads its recovery. */
export type MessageEvent = { [K in ReachingType]: Received<K> }[ReachingType]

/** Events from the replica itself to an instance. */
export type CommandEvent =
  /** After a restart: stand where the record says. First event of an actor, if it comes at all. */
  | { readonly type: 'restore'; readonly record: Record }
  /** After a restart, to own instances: go on at ballot 0 (section 6). */
  | { readonly type: 'resume' }
  /** Lead a recovery at a ballot of my own, or restart the attempt at a higher one (rules 4.1, 4.6). */
  | { readonly type: 'startRecovery' }
  /** Send unanswered messages again. */
  | { readonly type: 'resend' }
  /** The bounded wait for the fast path is over (rule 3.3). */
  | { readonly type: 'giveUpFastPath' }
  /** An awaited member of I has committed here, or is gone already: the verdict for this instance (rule 4.5.3). */
  | { readonly type: 'memberCommitted'; readonly member: InstanceId; readonly verdict: MemberVerdict }
  /** A `waiting(member, k)` has been received (rule 4.5.3). */
  | { readonly type: 'memberWaiting'; readonly member: InstanceId; readonly k: number }
  /** Executed, and the commit is durable: nothing is left to do. */
  | { readonly type: 'executed' }

export type InstanceEvent = MessageEvent | CommandEvent
export type InstanceEventType = InstanceEvent['type']

/** A message that is forgotten here does not compile. */
const reaching: { readonly [K in ReachingType]: true } = {
  preAccept: true,
  preAcceptOk: true,
  accept: true,
  acceptOk: true,
  commit: true,
  recover: true,
  recoverOk: true,
  validate: true,
  validateOk: true,
  tryRecover: true,
  nack: true,
  stable: true,
}

/** The messages that reach an instance's statechart. */
export const messageEvents = Object.keys(reaching) as readonly MessageEvent['type'][]

/** The events from the replica itself to an instance. */
export const commandEvents = [
  'restore',
  'resume',
  'startRecovery',
  'resend',
  'giveUpFastPath',
  'memberCommitted',
  'memberWaiting',
  'executed',
] as const satisfies readonly CommandEvent['type'][]

/**
 * The ballot of a message that carries one.
 * @throws TypeError for an event without
 */
export function ballotOf(event: InstanceEvent): number {
  if ('message' in event && 'bal' in event.message) return event.message.bal
  throw new TypeError(`a ${event.type} carries no ballot`)
}
