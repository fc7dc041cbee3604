import { type Command, conflict, NOP, type Value } from './commands.ts'
import { type Dependencies, includes, noDependencies, sameDependencies } from './dependencies.ts'
import type { InstanceId } from './instance-id.ts'
import type { Rank } from './membership.ts'
import type { MessageOf } from './messages.ts'
import type { Quorums } from './quorums.ts'
import type { Record } from './record.ts'

/** The first recoverOk of each sender, by rank. */
export type RecoverOks = readonly (MessageOf<'recoverOk'> | undefined)[]
/** An instance that could invalidate a fast-path commit, and whether a member of the quorum has it committed. */
export type Invalidating = MessageOf<'validateOk'>['invalidating'][number]

/** A value that may have been committed on the fast path, and the quorum asked whether it could have been. */
export interface Candidate {
  readonly cmd: Command
  readonly dep: Dependencies
  /** Q: exactly these must validate. */
  readonly quorum: readonly Rank[]
  /** |R|: those of Q that pre-accepted with dep = initDep. */
  readonly k: number
}

/** The next step of a recovering replica, and the rule of [section 4](./README.md#section-4) that says so. */
export type RecoveryStep =
  | { readonly step: 'commit'; readonly rule: string; readonly cmd: Value; readonly dep: Dependencies }
  | { readonly step: 'accept'; readonly rule: string; readonly cmd: Value; readonly dep: Dependencies }
  | { readonly step: 'validate'; readonly rule: string; readonly candidate: Candidate }
  | { readonly step: 'wait'; readonly rule: string; readonly members: readonly InstanceId[] }

const acceptNop = (rule: string, n: number): RecoveryStep => ({
  step: 'accept',
  rule,
  cmd: NOP,
  dep: noDependencies(n),
})

const acceptOf = (rule: string, cmd: Value, dep: Dependencies): RecoveryStep => ({ step: 'accept', rule, cmd, dep })

function votedValue(reply: MessageOf<'recoverOk'>): Value {
  if (reply.cmd === undefined) throw new TypeError(`a recoverOk in phase ${reply.phase} carries no command`)
  return reply.cmd
}

/**
 * Rule 4.3: judges the replies of Q, |Q| >= n - f. The first clause that applies wins.
 * @returns undefined while fewer than n - f replicas have answered
 */
export function judgeRecoverOks(id: InstanceId, quorums: Quorums, replies: RecoverOks): RecoveryStep | undefined {
  const quorum = replies.flatMap((reply, rank) => (reply === undefined ? [] : [rank]))
  if (quorum.length < quorums.slow) return undefined
  const answers = quorum.map(rank => replies[rank]!)

  const committed = answers.find(reply => reply.phase === 'committed')
  if (committed !== undefined) return { step: 'commit', rule: '4.3.1', cmd: votedValue(committed), dep: committed.dep }

  const highest = Math.max(...answers.map(reply => reply.abal))
  const accepted = answers.find(reply => reply.abal === highest && reply.phase === 'accepted')
  if (accepted !== undefined) return acceptOf('4.3.2', votedValue(accepted), accepted.dep)

  if (quorum.includes(id.rank)) return acceptNop('4.3.3', quorums.n)

  const agreeing = answers.filter(reply => reply.phase === 'preAccepted' && sameDependencies(reply.dep, reply.initDep))
  const first = agreeing[0]
  if (first !== undefined && agreeing.length >= quorum.length - quorums.e) {
    // A preAccepted record's command is the payload itself, never Nop.
    const candidate = { cmd: votedValue(first) as Command, dep: first.initDep, quorum, k: agreeing.length }
    return { step: 'validate', rule: '4.3.4', candidate }
  }
  return acceptNop('4.3.5', quorums.n)
}

/**
 * Rule 4.4: could `other`, as recorded here, invalidate a fast-path commit of (cmd, D) for `id`? An uncommitted one is
 * judged by initCmd and initDep, never by cmd and dep. The caller leaves out `id` itself and the members of D.
 */
export function invalidates(id: InstanceId, cmd: Command, other: Record): boolean {
  if (other.phase === 'committed') {
    return (
      other.cmd !== undefined &&
      other.cmd !== NOP &&
      conflict(other.cmd.footprint, cmd.footprint) &&
      !includes(other.dep, id.rank, id.index)
    )
  }
  return (
    other.initCmd !== undefined &&
    conflict(other.initCmd.footprint, cmd.footprint) &&
    !includes(other.initDep, id.rank, id.index)
  )
}

/** Rule 4.5, once all of Q have answered validate. */
export function judgeValidateOks(
  quorums: Quorums,
  candidate: Candidate,
  answers: readonly (readonly Invalidating[])[],
): RecoveryStep {
  const members = new Map<string, InstanceId>()
  let committed = false
  for (const each of answers.flat()) {
    members.set(`${each.id.rank}.${each.id.index}`, each.id)
    committed ||= each.committed
  }
  const all = [...members.values()]
  if (all.length === 0) return acceptOf('4.5.1', candidate.cmd, candidate.dep)
  // With |R| = |Q| - e every replica outside Q must have voted for id: an initial coordinator among them knew id.
  const tight = candidate.k === candidate.quorum.length - quorums.e
  if (committed || (tight && all.some(member => !candidate.quorum.includes(member.rank))))
    return acceptNop('4.5.2', quorums.n)
  return { step: 'wait', rule: '4.5.3', members: all }
}

/** One member of I while a recovery waits for it. */
export interface AwaitedMember {
  readonly id: InstanceId
  /** Taken when the member commits here, and remembered; undefined until then. */
  readonly verdict: MemberVerdict | undefined
  /** The highest k' of a `waiting(id', k')` ever received for it; 0 for none. */
  readonly waitingK: number
}
/** `settled`: Nop, or it has id in its dep. `invalidates`: neither, so id was not committed on the fast path. */
export type MemberVerdict = 'settled' | 'invalidates'

/** The verdict on a member that committed (rule 4.5.3). */
export const verdictOn = (id: InstanceId, cmd: Value, dep: Dependencies): MemberVerdict =>
  cmd === NOP || includes(dep, id.rank, id.index) ? 'settled' : 'invalidates'

/**
 * Rule 4.5.3: does the wait end?
 * @param replies all recoverOk of this ballot; those from outside Q count here
 * @returns undefined while the wait goes on
 */
export function judgeWait(
  id: InstanceId,
  quorums: Quorums,
  candidate: Candidate,
  members: readonly AwaitedMember[],
  replies: RecoverOks,
): RecoveryStep | undefined {
  if (members.some(member => member.verdict === 'invalidates')) return acceptNop('4.5.3 invalidated', quorums.n)
  if (members.every(member => member.verdict === 'settled'))
    return acceptOf('4.5.3 settled', candidate.cmd, candidate.dep)
  if (members.some(member => member.waitingK > quorums.waitingThreshold)) return acceptNop('4.5.3 waiting', quorums.n)

  const late = replies.flatMap((reply, rank) => (reply === undefined || candidate.quorum.includes(rank) ? [] : [reply]))
  const committed = late.find(reply => reply.phase === 'committed')
  if (committed !== undefined)
    return { step: 'commit', rule: '4.5.3 late commit', cmd: votedValue(committed), dep: committed.dep }
  const accepted = late.filter(reply => reply.phase === 'accepted').sort((a, b) => b.abal - a.abal)[0]
  if (accepted !== undefined) return acceptOf('4.5.3 late accept', votedValue(accepted), accepted.dep)
  if (replies[id.rank] !== undefined && !candidate.quorum.includes(id.rank))
    return acceptNop('4.5.3 late coordinator', quorums.n)
  return undefined
}
