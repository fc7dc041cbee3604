import { sameDependencies } from '../../../machines/protocol/dependencies.ts'
import { isFastPathPossible, lackedByFastPath } from '../../../machines/protocol/fast-path.ts'
import { quorumsOf } from '../../../machines/protocol/quorums.ts'
import type { Id, Member, TracedAttempt } from '../trace/format.ts'
import { nameOf, vectorInWords } from '../trace/ids.ts'
import { rankOf } from './own.ts'
import type { DriveState } from './protocol.ts'
import type { Side, State } from './state.ts'
import { duration, labels, more, moveInWords, names } from './words.ts'

/** One way on from where an instance stands at a replica. */
export interface Lack {
  /** Leaves of the chart: `preAccepting` -> `committed`. */
  readonly from: string
  readonly to: string
  /** What is missing, in words; '' when nothing is. */
  readonly words: string
  /** Who could give it. */
  readonly of: readonly Member[]
  /** It cannot come about any more. */
  readonly isImpossible: boolean
}

/** Each next transition of an instance at a replica, and what it still lacks. */
export function lacks(state: State, member: Member, id: Id): readonly Lack[] {
  const rank = rankOf(state, member)
  const side = state.instances.get(id)?.sides[rank]
  if (side === undefined) return [lack('initial', 'preAccepted', `${nameOf(state.header, member)} has not heard of it`)]
  const drive = side.states.at(-1)
  const { attempt } = side
  if (side.states.includes('executed')) return []
  if (side.states.includes('committed')) return [untilExecuted(side)]
  if (!isAttempt(drive)) return following(state, id, side)
  return attempt === undefined ? [] : byAttempt[drive](state, attempt, member, side)
}

const lack = (from: string, to: string, words: string, of: readonly Member[] = [], isImpossible = false): Lack => ({
  from,
  to,
  words,
  of,
  isImpossible,
})

const untilExecuted = (side: Side): Lack =>
  side.executedMs === undefined
    ? lack('committed', 'executed', 'what it depends on has to be executed first')
    : lack('committed', 'executed', 'the flush that makes its commit durable')

/** 3.3 */
function preAccepting(state: State, attempt: TracedAttempt, self: Member, side: Side): readonly Lack[] {
  const { header } = state
  const quorums = quorumsOf(header.members.length)
  const replies = attempt.preAcceptOks ?? []
  const own = side.record?.initDep ?? []
  const deviating = replies.filter(({ dep }) => !sameDependencies(dep, own))
  const answered = replies.map(({ from }) => from)
  const silent = header.members.filter(member => !answered.includes(member))
  const down = silent.filter(member => attempt.down?.includes(member))
  const open = silent.filter(member => !down.includes(member))
  const byRank = header.members.map(member => replies.find(({ from }) => from === member)?.dep)
  const toFast = lackedByFastPath(byRank, own, quorums)
  const isImpossible = !isFastPathPossible(byRank, own, quorums, bitsOf(state, down))
  const who = deviating.map(({ from, dep }) => `${nameOf(header, from)} answered ${vectorInWords(header, dep)}`)
  const gone = [
    ...who,
    ...(down.length === 0 ? [] : [`${names(header, down)} ${down.length === 1 ? 'is' : 'are'} down`]),
  ]
  const fastWords = isImpossible
    ? `impossible: ${toFast} more preAcceptOk equal to ${vectorInWords(header, own)} are needed; ${gone.join(', ')}`
    : `${more(toFast)} preAcceptOk equal to ${vectorInWords(header, own)} of ${names(header, open, 'or')}`
  const toSlow = quorums.slow - answered.length
  const selfDurable = silent.includes(self) ? '; its own counts once it is on disk' : ''
  const slowWords =
    toSlow > 0
      ? `${more(toSlow)} preAcceptOk of ${names(header, silent, 'or')}${selfDurable}`
      : isImpossible
        ? ''
        : `the wait for the fast path is not over (${duration(header.limits.fastPathWaitMaxMs ?? 0)} at most)`
  return [
    lack('preAccepting', 'committed', fastWords, open, isImpossible),
    lack('preAccepting', 'accepting', slowWords, silent),
  ]
}

/** 3.5 */
function accepting({ header }: State, attempt: TracedAttempt): readonly Lack[] {
  const have = attempt.acceptOks ?? []
  const silent = header.members.filter(member => !have.includes(member))
  const count = header.quorums.slow - have.length
  const words = `${more(count)} acceptOk at ballot ${attempt.ballot} of ${names(header, silent, 'or')}`
  return [lack('accepting', 'committed', words, silent)]
}

/** 4.3 */
function recovering({ header }: State, attempt: TracedAttempt): readonly Lack[] {
  const have = (attempt.recoverOks ?? []).map(({ from }) => from)
  const silent = header.members.filter(member => !have.includes(member))
  const count = header.quorums.slow - have.length
  const words = `${more(count)} recoverOk at ballot ${attempt.ballot} of ${names(header, silent, 'or')}: what they say decides which`
  return ['committed', 'accepting', 'validating'].map(to => lack('recovering', to, words, silent))
}

/** 4.5 */
function validating({ header }: State, attempt: TracedAttempt): readonly Lack[] {
  const have = attempt.validateOks ?? []
  const silent = (attempt.quorum ?? []).filter(member => !have.includes(member))
  const words = `validateOk of ${names(header, silent)}: all of ${names(header, attempt.quorum ?? [])} must answer`
  return [lack('validating', 'accepting', words, silent)]
}

/** 4.5.3 */
function waiting({ header }: State, attempt: TracedAttempt): readonly Lack[] {
  const open = (attempt.members ?? []).filter(({ verdict }) => verdict === undefined)
  const words = `${labels(
    header,
    open.map(({ id }) => id),
  )} could contradict it, and ${open.length === 1 ? 'is' : 'are'} not decided here`
  return [
    lack('waiting', 'accepting', words),
    lack('waiting', 'committed', 'a late recoverOk of somebody who has it committed'),
  ]
}

type AttemptState = Exclude<DriveState, 'following'>
/** What each state of the coordinator's region lacks. */
const byAttempt: {
  readonly [Drive in AttemptState]: (state: State, attempt: TracedAttempt, self: Member, side: Side) => readonly Lack[]
} = { preAccepting, accepting, recovering, validating, waiting }
const isAttempt = (drive: string | undefined): drive is AttemptState =>
  drive !== undefined && Object.hasOwn(byAttempt, drive)

function following(state: State, id: Id, side: Side): readonly Lack[] {
  const { header } = state
  const drivers = (state.instances.get(id)?.sides ?? []).flatMap((each, rank) =>
    each?.attempt !== undefined && state.replicas[rank]!.isUp ? [header.members[rank]!] : [],
  )
  const commit = lack(
    side.states[0] ?? 'initial',
    'committed',
    drivers.length === 0
      ? 'a commit, but nobody drives it now'
      : `the commit of ${names(header, drivers, 'or')}, who drives it`,
    drivers,
  )
  const { timer } = side
  if (timer === undefined) return [commit]
  const left = timer.dueMs - state.ms
  return [
    commit,
    lack(
      'following',
      'recovering',
      `its timer, which last ${moveInWords(header, timer.move, timer.of)}, ${left > 0 ? `comes up in ${duration(left)}` : 'is due'}`,
    ),
  ]
}

/** Members as the protocol counts them: a bit by rank. */
const bitsOf = (state: State, members: readonly Member[]): number =>
  members.reduce((bits, member) => bits | (1 << rankOf(state, member)), 0)
