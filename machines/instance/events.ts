import type { Dependencies } from '../protocol/dependencies.ts'
import type { InstanceId } from '../protocol/instance-id.ts'
import type { Rank } from '../protocol/membership.ts'
import type { InstanceMessage, MessageOf, MessageType, WithValue } from '../protocol/messages.ts'
import type { Record } from '../protocol/record.ts'
import type { Invalidating, MemberVerdict } from '../protocol/recovery.ts'

/** A message as the statechart sees it: with its sender, and with the knowledge of this replica that the rule needs. */
type Received<K extends MessageType, Known = unknown> = {
  readonly type: K
  readonly from: Rank
  readonly message: MessageOf<K>
} & Known

/** A message with its command, which was told, or known here. */
type ReceivedValue<K extends 'accept' | 'commit'> = {
  readonly type: K
  readonly from: Rank
  readonly message: WithValue<MessageOf<K>>
}

/**
 * Messages to an instance. `waiting` is for the recoveries that wait for it, `tryRecover` for the replica that leads
 * one.
 */
export type MessageEvent =
  | Received<
      'preAccept',
      { /** What conflicts with cmd here, by the conflict index. */ readonly conflicting: Dependencies }
    >
  | Received<'preAcceptOk', { /** Replicas believed down, by rank, as bits. */ readonly down: number }>
  | ReceivedValue<'accept'>
  | Received<'acceptOk'>
  | ReceivedValue<'commit'>
  | Received<'recover'>
  | Received<'recoverOk'>
  | Received<'validate', { /** Rule 4.4: I, as known here. */ readonly invalidating: readonly Invalidating[] }>
  | Received<'validateOk'>
  | Received<'tryRecover'>
  | Received<'nack'>
  | Received<'stable'>

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

/** The messages that reach an instance's statechart. */
export const messageEvents = [
  'preAccept',
  'preAcceptOk',
  'accept',
  'acceptOk',
  'commit',
  'recover',
  'recoverOk',
  'validate',
  'validateOk',
  'tryRecover',
  'nack',
  'stable',
] as const satisfies readonly Exclude<InstanceMessage['type'], 'waiting'>[]

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
