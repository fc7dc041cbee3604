import type { Command, Value } from '../protocol/commands.ts'
import { invariant } from '../protocol/errors.ts'
import type { Rank } from '../protocol/membership.ts'
import type { Message } from '../protocol/messages.ts'
import { payloadOf } from '../protocol/record.ts'
import type { Attempt, InstanceContext } from './context.ts'
import { ballotOf, type InstanceEvent } from './events.ts'

/** The messages that an instance sends, each made from the context as it stands when it is sent. */
interface Scope {
  readonly context: InstanceContext
  readonly event: InstanceEvent
}
/** A message to some replicas. To oneself it is delivered at once (rule 3.1). */
export interface Addressed {
  readonly to: readonly Rank[]
  readonly message: Message
}

export function attemptOf(context: InstanceContext): Attempt {
  invariant(context.attempt !== undefined, () => 'an attempt is under way')
  return context.attempt
}

function ownPayload(context: InstanceContext): Command {
  const payload = payloadOf(context.record)
  invariant(payload !== undefined, () => 'the initial coordinator knows its payload')
  return payload
}

function votedValue(context: InstanceContext): Value {
  const { cmd } = context.record
  invariant(cmd !== undefined, () => `a record in phase ${context.record.phase} has a command`)
  return cmd
}

export const preAccept = ({ context }: Scope): Message => ({
  type: 'preAccept',
  id: context.id,
  cmd: ownPayload(context),
  dep: context.record.initDep,
})

/** Also the repeat: the stored dep, never a new one. */
export const preAcceptOk = ({ context }: Scope): Message => ({
  type: 'preAcceptOk',
  id: context.id,
  dep: context.record.dep,
})

export const accept = ({ context }: Scope): Message => ({
  type: 'accept',
  id: context.id,
  bal: context.record.abal,
  cmd: votedValue(context),
  dep: context.record.dep,
})

export const acceptOk = ({ context }: Scope): Message => ({
  type: 'acceptOk',
  id: context.id,
  bal: context.record.abal,
})

export const commit = ({ context }: Scope): Message => ({
  type: 'commit',
  id: context.id,
  cmd: votedValue(context),
  dep: context.record.dep,
})

export const recover = ({ context }: Scope): Message => ({
  type: 'recover',
  id: context.id,
  bal: attemptOf(context).ballot,
})

/** Rule 4.2: from the record after bal was raised. A committed replica answers with its phase at any ballot (3.6). */
export const recoverOk = ({ context, event }: Scope): Message => {
  const { abal, cmd, dep, initDep, phase } = context.record
  return { type: 'recoverOk', id: context.id, bal: ballotOf(event), abal, cmd, dep, initDep, phase }
}

export const nack = ({ context }: Scope): Message => ({ type: 'nack', id: context.id, bal: context.record.bal })

export const waiting = ({ context }: Scope): Message => ({
  type: 'waiting',
  id: context.id,
  k: candidateOf(context).k,
})

/** Rule 4.4: I, as this replica knows it now; also for a repeat. */
export const validateOk = ({ context, event }: Scope): Message => {
  invariant(event.type === 'validate', () => `a validateOk answers a validate, not a ${event.type}`)
  return { type: 'validateOk', id: context.id, bal: event.message.bal, invalidating: event.invalidating }
}

export const validateToQuorum = ({ context }: Scope): Addressed => {
  const { cmd, dep, quorum } = candidateOf(context)
  const { ballot, validateOks } = attemptOf(context)
  return {
    to: quorum.filter(rank => validateOks[rank] === undefined),
    message: { type: 'validate', id: context.id, bal: ballot, cmd, dep },
  }
}

/** A recover to all replicas that have not answered, outside Q too (rule 4.6). */
export const recoverToSilent = (scope: Scope): Addressed => {
  const { recoverOks } = attemptOf(scope.context)
  return { to: others(scope.context).filter(rank => recoverOks[rank] === undefined), message: recover(scope) }
}

export const acceptToSilent = (scope: Scope): Addressed => {
  const { acceptOks } = attemptOf(scope.context)
  return { to: others(scope.context).filter(rank => !(acceptOks & (1 << rank))), message: accept(scope) }
}

export const preAcceptToSilent = (scope: Scope): Addressed => {
  const { preAcceptOks } = attemptOf(scope.context)
  return { to: others(scope.context).filter(rank => preAcceptOks[rank] === undefined), message: preAccept(scope) }
}

/** `waiting` goes to all, itself included (rule 4.5.3). */
export const waitingToAll = (scope: Scope): Addressed => ({
  to: [...others(scope.context), scope.context.self],
  message: waiting(scope),
})

export function candidateOf(context: InstanceContext) {
  const { candidate } = attemptOf(context)
  invariant(candidate !== undefined, () => 'a candidate is being validated')
  return candidate
}

const others = ({ self, quorums }: InstanceContext): Rank[] =>
  Array.from({ length: quorums.n }, (_, rank) => rank).filter(rank => rank !== self)
