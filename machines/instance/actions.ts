import { assign, raise } from 'xstate'
import { initialBallot, nextBallot } from '../protocol/ballots.ts'
import type { Value } from '../protocol/commands.ts'
import type { Dependencies } from '../protocol/dependencies.ts'
import { invariant } from '../protocol/errors.ts'
import { unionOfReplies } from '../protocol/fast-path.ts'
import type { AwaitedMember, RecoveryStep } from '../protocol/recovery.ts'
import { adoptCandidate, assertSameCommit, learnCommit, promise, voteAccept, votePreAccept } from '../protocol/votes.ts'
import { type Attempt, type CommitPath, type InstanceContext, newAttempt } from './context.ts'
import type { InstanceEvent, InstanceEventType } from './events.ts'
import { recoveryStep, withReply } from './guards.ts'
import { attemptOf } from './outgoing.ts'

type EventOf<K extends InstanceEventType> = Extract<InstanceEvent, { type: K }>

/** Changes the context on events of one type; on any other it is a mistake in the chart. */
function on<K extends InstanceEventType>(
  type: K,
  change: (context: InstanceContext, event: EventOf<K>) => Partial<InstanceContext>,
) {
  return assign<InstanceContext, InstanceEvent, undefined, InstanceEvent, never>(({ context, event }) => {
    invariant(event.type === type, () => `an action of ${type} runs on ${event.type}`)
    return change(context, event as EventOf<K>)
  })
}

/** Changes the context, whatever the event. */
const update = (change: (context: InstanceContext) => Partial<InstanceContext>) =>
  assign<InstanceContext, InstanceEvent, undefined, InstanceEvent, never>(({ context }) => change(context))

const changed = (context: InstanceContext, change: Partial<Attempt>): Partial<InstanceContext> => ({
  attempt: { ...attemptOf(context), ...change },
})

/** The attempt's next step, which a guard has found there. */
function stepOf<S extends RecoveryStep['step']>(context: InstanceContext, step: S): Extract<RecoveryStep, { step: S }> {
  const next = recoveryStep(context)
  invariant(next?.step === step, () => `recovery goes on by ${step}`)
  return next as Extract<RecoveryStep, { step: S }>
}

function committed(context: InstanceContext, path: CommitPath, cmd: Value, dep: Dependencies) {
  return { record: learnCommit(context.record, cmd, dep), attempt: undefined, path }
}

/** Casts the own vote for a value at the attempt's ballot: self-delivery of a request is immediate (rule 3.1). */
const acceptBySelf = (choose: (context: InstanceContext) => { cmd: Value; dep: Dependencies }) =>
  raise<InstanceContext, InstanceEvent, InstanceEvent, undefined, never>(({ context }) => ({
    type: 'accept',
    from: context.self,
    message: { type: 'accept', id: context.id, bal: attemptOf(context).ballot, ...choose(context) },
  }))

/** Changes of the context. The changes of the vote are rules 3.2 to 4.4, as in protocol/votes.ts. */
export const actions = {
  votePreAccept: on('preAccept', ({ id, record }, { message, conflicting }) => ({
    record: votePreAccept(id, record, message.cmd, message.dep, conflicting),
  })),
  voteAccept: on('accept', ({ record }, { message }) => ({
    record: voteAccept(record, message.bal, message.cmd, message.dep),
  })),
  promise: on('recover', ({ record }, { message }) => ({ record: promise(record, message.bal) })),
  adoptCandidate: on('validate', ({ record }, { message }) => ({
    record: adoptCandidate(record, message.cmd, message.dep),
  })),
  learnCommit: on('commit', (context, { message }) => committed(context, 'told', message.cmd, message.dep)),
  restoreRecord: on('restore', (_, { record }) => ({ record })),
  assertSameCommit: ({ context, event }: { context: InstanceContext; event: InstanceEvent }) => {
    if (event.type !== 'commit') return
    const { id, record } = context
    assertSameCommit(record, event.message.cmd, event.message.dep, () => `instance ${id.rank}.${id.index} (by rank)`)
  },

  /** An attempt at ballot 0: the initial coordinator's. */
  beginAtBallotZero: update(() => ({ attempt: newAttempt(initialBallot) })),
  /** Rule 4.1: an own ballot above every one that is known, also from nacks. */
  beginRecovery: update(context => ({
    attempt: newAttempt(nextBallot(Math.max(context.record.bal, context.nackedBy), context.self, context.quorums.n)),
  })),
  recoverBySelf: raise<InstanceContext, InstanceEvent, InstanceEvent, undefined, never>(({ context }) => ({
    type: 'recover',
    from: context.self,
    message: { type: 'recover', id: context.id, bal: attemptOf(context).ballot },
  })),
  endAttempt: update(() => ({ attempt: undefined })),
  noteNack: on('nack', ({ nackedBy }, { message }) => ({ nackedBy: Math.max(nackedBy, message.bal) })),

  countPreAcceptOk: on('preAcceptOk', (context, { from, message, down }) =>
    changed(context, { preAcceptOks: withReply(attemptOf(context).preAcceptOks, from, message.dep), down }),
  ),
  giveUpFastPath: update(context => changed(context, { fastPathGivenUp: true })),
  countAcceptOk: on('acceptOk', (context, { from }) =>
    changed(context, { acceptOks: attemptOf(context).acceptOks | (1 << from) }),
  ),
  countRecoverOk: on('recoverOk', (context, { from, message }) => {
    const recoverOks = attemptOf(context).recoverOks.slice()
    recoverOks[from] = message
    return changed(context, { recoverOks })
  }),
  countValidateOk: on('validateOk', (context, { from, message }) =>
    changed(context, { validateOks: withReply(attemptOf(context).validateOks, from, message.invalidating) }),
  ),
  takeVerdict: on('memberCommitted', (context, { member, verdict }) =>
    changed(context, {
      members: changeMember(context, member, each => ({ ...each, verdict: each.verdict ?? verdict })),
    }),
  ),
  noteMemberWaiting: on('memberWaiting', (context, { member, k }) =>
    changed(context, {
      members: changeMember(context, member, each => ({ ...each, waitingK: Math.max(each.waitingK, k) })),
    }),
  ),

  // Moves of an attempt, each by the rule that its guard has found to apply.
  commitFast: update(context => {
    const { initCmd, initDep } = context.record
    invariant(initCmd !== undefined, () => 'the initial coordinator knows its payload')
    return { ...committed(context, 'fast', initCmd, initDep), rule: '3.3 fast' }
  }),
  commitAccepted: update(context => {
    const { cmd, dep } = context.record
    invariant(cmd !== undefined, () => 'what is accepted has a command')
    return committed(context, 'slow', cmd, dep)
  }),
  commitFound: update(context => {
    const { cmd, dep, rule } = stepOf(context, 'commit')
    return { ...committed(context, 'found', cmd, dep), rule }
  }),
  proposeUnion: acceptBySelf(({ id, record, attempt }) => ({
    cmd: record.initCmd!,
    dep: unionOfReplies(id, record.initDep, attempt!.preAcceptOks),
  })),
  proposeStep: acceptBySelf(context => {
    const { cmd, dep } = stepOf(context, 'accept')
    return { cmd, dep }
  }),
  noteRule: update(context => ({ rule: recoveryStep(context)?.rule })),
  noteSlowPath: update(() => ({ rule: '3.3 slow' })),
  takeCandidate: update(context => changed(context, { candidate: stepOf(context, 'validate').candidate })),
  takeMembers: update(context =>
    changed(context, {
      members: stepOf(context, 'wait').members.map(id => ({ id, verdict: undefined, waitingK: 0 })),
    }),
  ),
}

const changeMember = (
  context: InstanceContext,
  { rank, index }: AwaitedMember['id'],
  change: (member: AwaitedMember) => AwaitedMember,
): readonly AwaitedMember[] =>
  attemptOf(context).members.map(each => (each.id.rank === rank && each.id.index === index ? change(each) : each))
