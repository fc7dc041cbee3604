import { initialBallot } from '../protocol/ballots.ts'
import { judgePreAccepts } from '../protocol/fast-path.ts'
import { judgeRecoverOks, judgeValidateOks, judgeWait, type RecoveryStep } from '../protocol/recovery.ts'
import type { Attempt, InstanceContext } from './context.ts'
import { ballotOf, type InstanceEvent } from './events.ts'
import { attemptOf, candidateOf } from './outgoing.ts'

/** The guards of the chart: each is one condition of a rule of [the protocol](../protocol/README.md). */
interface Scope {
  readonly context: InstanceContext
  readonly event: InstanceEvent
}

export const guards = {
  // The vote.
  /** 3.2 */
  isAtBallotZero: ({ context }: Scope) => context.record.bal === initialBallot,
  isPromisedAboveZero: ({ context }: Scope) => context.record.bal > initialBallot,
  /** 3.4: bal <= b */
  mayAccept: ({ context, event }: Scope) => context.record.bal <= ballotOf(event),
  /** 7: accept with bal = abal = b is a repeat. */
  isAcceptedAlready: ({ context: { record }, event }: Scope) =>
    record.bal === ballotOf(event) && record.abal === record.bal,
  /** 4.2: bal < b */
  mayPromise: ({ context, event }: Scope) => context.record.bal < ballotOf(event),
  /** 4.4, and the repeat of 4.2: bal = b */
  isPromised: ({ context, event }: Scope) => context.record.bal === ballotOf(event),
  /** 7: bal > b is answered by a nack. */
  isOutbid: ({ context, event }: Scope) => context.record.bal > ballotOf(event),

  // The attempt.
  isFromSelf: ({ context, event }: Scope) => 'from' in event && event.from === context.self,
  /** 4.6: a higher ballot silently ends the attempt. */
  endsAttempt: ({ context, event }: Scope) => context.attempt !== undefined && ballotOf(event) > context.attempt.ballot,
  /** Replies carry their ballot; others are dropped (section 7). */
  isForAttempt: ({ context, event }: Scope) => ballotOf(event) === attemptOf(context).ballot,
  /** 4.3: the first recoverOk of a sender stands, only a committed one may replace it. */
  isNewRecoverOk: ({ context, event }: Scope) => {
    if (event.type !== 'recoverOk' || event.message.bal !== attemptOf(context).ballot) return false
    return attemptOf(context).recoverOks[event.from] === undefined || event.message.phase === 'committed'
  },
  /** 4.5: from a member of Q. */
  isAwaitedValidateOk: ({ context, event }: Scope) =>
    event.type === 'validateOk' &&
    event.message.bal === attemptOf(context).ballot &&
    candidateOf(context).quorum.includes(event.from),
  /** Section 6, after a restart: own id, ballot 0, a durable preAccepted record. */
  canResumePreAccept: ({ context: { record, id, self } }: Scope) =>
    id.rank === self && record.bal === initialBallot && record.phase === 'preAccepted',
  /** Section 6, after a restart: a durable accepted(0) may be sent again unchanged. */
  canResumeAccept: ({ context: { record, id, self } }: Scope) =>
    id.rank === self && record.bal === initialBallot && record.phase === 'accepted',

  // 3.3
  hasFastQuorum: ({ context }: Scope) => preAcceptVerdict(context, attemptOf(context)) === 'fast',
  isFastPathOver: ({ context }: Scope) => preAcceptVerdict(context, attemptOf(context)) === 'slow',
  /** With this reply a slow quorum has answered and the fast path is still open: wait for it, a little. */
  leavesFastPathOpen: ({ context, event }: Scope) => {
    if (event.type !== 'preAcceptOk') return false
    const attempt = attemptOf(context)
    if (attempt.preAcceptOks[event.from] !== undefined) return false
    const preAcceptOks = withReply(attempt.preAcceptOks, event.from, event.message.dep)
    return preAcceptVerdict(context, { ...attempt, preAcceptOks, down: event.down }) === 'undecided'
  },
  /** 3.5: bal = abal = b, n - f acceptOk of distinct senders. */
  hasSlowQuorum: ({ context }: Scope) => {
    const { ballot, acceptOks } = attemptOf(context)
    const { bal, abal } = context.record
    return bal === ballot && abal === ballot && bitCount(acceptOks) >= context.quorums.slow
  },
  // 4.3, 4.5
  stepIsCommit: ({ context }: Scope) => recoveryStep(context)?.step === 'commit',
  stepIsAccept: ({ context }: Scope) => recoveryStep(context)?.step === 'accept',
  stepIsValidate: ({ context }: Scope) => recoveryStep(context)?.step === 'validate',
  stepIsWait: ({ context }: Scope) => recoveryStep(context)?.step === 'wait',
  // restore
  wasPreAccepted: ({ event }: Scope) => event.type === 'restore' && event.record.phase === 'preAccepted',
  wasAccepted: ({ event }: Scope) => event.type === 'restore' && event.record.phase === 'accepted',
  wasCommitted: ({ event }: Scope) => event.type === 'restore' && event.record.phase === 'committed',
}

const preAcceptVerdict = ({ record, quorums }: InstanceContext, attempt: Attempt) =>
  judgePreAccepts(attempt.preAcceptOks, record.initDep, quorums, attempt.down, attempt.fastPathGivenUp)

/**
 * The next step by the rules of recovery: 4.3 while replies come in, 4.5 once there is a candidate, 4.5.3 in the wait.
 */
export function recoveryStep(context: InstanceContext): RecoveryStep | undefined {
  const { id, quorums } = context
  const { candidate, recoverOks, validateOks, members } = attemptOf(context)
  if (candidate === undefined) return judgeRecoverOks(id, quorums, recoverOks)
  if (members.length > 0) return judgeWait(id, quorums, candidate, members, recoverOks)
  const answers = candidate.quorum.map(rank => validateOks[rank])
  if (answers.some(answer => answer === undefined)) return undefined
  return judgeValidateOks(
    quorums,
    candidate,
    answers.map(answer => answer!),
  )
}

/** The replies with one more; the first of a sender stands. */
export function withReply<T>(replies: readonly (T | undefined)[], from: number, reply: T): readonly (T | undefined)[] {
  const next = replies.slice()
  next[from] ??= reply
  return next
}

function bitCount(bits: number): number {
  let count = 0
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++
  return count
}
