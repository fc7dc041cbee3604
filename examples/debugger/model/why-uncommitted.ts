import type { Phase } from '../../../machines/protocol/record.ts'
import type { Id, Member } from '../trace/format.ts'
import { labelOf, nameOf, placeOf } from '../trace/ids.ts'
import { lacks } from './lacks.ts'
import { rankOf } from './own.ts'
import type { Side, State } from './state.ts'
import { duration, listed, moveInWords, names } from './words.ts'

/** Why an instance is not committed at a replica: where it stands, who is missing, and what happens next. */
export function whyUncommitted(
  state: State,
  at: Member,
  id: Id,
): { readonly words: string; readonly members: readonly Member[] } {
  const { header } = state
  const label = labelOf(header, id)
  const sides = state.instances.get(id)?.sides ?? []
  const decidedAt = header.members.filter((_, rank) => sides[rank]?.committed !== undefined)
  const down = state.replicas.filter(({ isUp }) => !isUp)
  const parts = [`${label} ${whereItStands(state, sides, at)}`]
  const blamedFor = down.filter(
    ({ rank, member }) => rank === placeOf(header, id).rank || sides[rank] !== undefined || decidedAt.includes(member),
  )
  for (const replica of blamedFor)
    parts.push(`${nameOf(header, replica.member)} is down for ${duration(state.ms - replica.sinceMs)}`)
  const suspected = suspectedBy(state, at)
  if (suspected.length > 0)
    parts.push(
      `${nameOf(header, at)} has heard nothing of ${names(header, suspected)} for too long, and suspects ${suspected.length === 1 ? 'it' : 'them'}`,
    )
  const cut = cutFrom(state, at)
  const suspecting = cut.length > 0 ? [] : suspectersOf(state, at)
  if (suspecting.length > 0)
    parts.push(
      `${names(header, suspecting)} ${suspecting.length === 1 ? 'has' : 'have'} heard nothing of ${nameOf(header, at)} for too long: it may have stopped`,
    )
  const up = state.replicas.length - down.length - suspected.length
  if (up < header.quorums.slow)
    parts.push(
      `only ${up} of ${state.replicas.length} replicas run as far as ${nameOf(header, at)} can tell, and ${header.quorums.slow} are needed to decide anything`,
    )
  if (cut.length > 0) parts.push(`nothing passes between ${nameOf(header, at)} and ${names(header, cut)}`)
  const tellers = decidedAt.filter(member => state.replicas[rankOf(state, member)]!.isUp)
  const next =
    tellers.length > 0
      ? `${nameOf(header, at)} has not heard of the commit yet: ${names(header, tellers, 'or')} can tell it`
      : (whatDrivesIt(state, id, sides) ?? whatComesNext(state, sides))
  if (next !== undefined) parts.push(next)
  return {
    words: `${parts.join('; ')}.`,
    members: [
      ...new Set([
        ...blamedFor.map(({ member }) => member),
        ...suspected,
        ...cut,
        ...(suspecting.length > 0 ? [at] : []),
      ]),
    ],
  }
}

const phases: { readonly [P in Exclude<Phase, 'initial'>]: string } = {
  committed: 'committed',
  accepted: 'accepted',
  preAccepted: 'pre-accepted',
}

/** `is accepted at 1 and 4, pre-accepted at 2`. */
function whereItStands(state: State, sides: readonly (Side | undefined)[], at: Member): string {
  const { header } = state
  const groups = Object.entries(phases).flatMap(([phase, words]) => {
    const members = header.members.filter((_, rank) => phaseOf(sides[rank]) === phase)
    return members.length === 0 ? [] : [`${words} at ${names(header, members)}`]
  })
  if (groups.length === 0) return 'is known to be depended on, and nobody that is seen here has a record of it'
  const isKnownHere = sides[rankOf(state, at)]?.record !== undefined
  return `is ${groups.join(', ')}${isKnownHere ? '' : `, and ${nameOf(header, at)} has no record of it`}`
}

const phaseOf = (side: Side | undefined): string | undefined =>
  side?.committed !== undefined ? 'committed' : side?.record?.phase

function suspectedBy(state: State, at: Member): readonly Member[] {
  const links = state.links[rankOf(state, at)]!
  return state.replicas
    .filter(({ isUp, rank }) => isUp && links[rank]!.state === 'suspected')
    .map(({ member }) => member)
}

/** Who runs and has not heard of it for too long. */
function suspectersOf(state: State, at: Member): readonly Member[] {
  const rank = rankOf(state, at)
  return state.replicas
    .filter(each => each.isUp && state.links[each.rank]![rank]!.state === 'suspected')
    .map(({ member }) => member)
}

function cutFrom(state: State, at: Member): readonly Member[] {
  const rank = rankOf(state, at)
  return state.header.members.filter(
    (_, other) => other !== rank && (state.links[rank]![other]!.isCut || state.links[other]![rank]!.isCut),
  )
}

/** Who drives it, and what that still lacks. */
function whatDrivesIt(state: State, id: Id, sides: readonly (Side | undefined)[]): string | undefined {
  const { header } = state
  const drivers = header.members.filter(
    (_, rank) =>
      state.replicas[rank]!.isUp && sides[rank]?.attempt !== undefined && sides[rank]?.committed === undefined,
  )
  if (drivers.length === 0) return undefined
  return listed(
    drivers.map(member => {
      const rank = rankOf(state, member)
      const drive = sides[rank]!.states.at(-1)!
      const next = lacks(state, member, id).find(({ isImpossible, words }) => !isImpossible && words !== '')
      const due = dueIn(state, sides[rank])
      const how = drive === 'waiting' ? ': ' : ', which lacks '
      return `${nameOf(header, member)} is ${drive}${next === undefined ? '' : `${how}${next.words}`}${due === undefined ? '' : ` (looked at again in ${due})`}`
    }),
  )
}

/** Nobody drives it: whose timer comes up first. */
function whatComesNext(state: State, sides: readonly (Side | undefined)[]): string | undefined {
  const { header, replicas, ms } = state
  const running = replicas.filter(({ isUp }) => isUp)
  const [first] = running
    .flatMap(({ rank, member }) => {
      const timer = sides[rank]?.timer
      return timer === undefined ? [] : [{ member, timer }]
    })
    .sort((a, b) => a.timer.dueMs - b.timer.dueMs)
  if (first !== undefined) {
    const { member, timer } = first
    const left = timer.dueMs - ms
    const when = left > 0 ? `is due in ${duration(left)}` : 'is due'
    const last = timer.move === 'begin' ? '' : ` (it last ${moveInWords(header, timer.move, timer.of)})`
    return `the next look at it by ${nameOf(header, member)}, who may recover it, ${when}${last}`
  }
  const { retransmitDelayMs, recoveryDelayMs, suspicionMs } = header.limits
  const [heard] = running.filter(({ rank }) => sides[rank] !== undefined)
  if (heard === undefined || retransmitDelayMs === undefined) return undefined
  return `nobody drives it yet: ${nameOf(header, heard.member)} looks at it within ${duration(1.5 * retransmitDelayMs)}, and recovers it ${duration(recoveryDelayMs ?? 0)} after its coordinator is suspected (${duration(suspicionMs ?? 0)} of silence)`
}

function dueIn(state: State, side: Side | undefined): string | undefined {
  const left = (side?.timer?.dueMs ?? 0) - state.ms
  return left > 0 ? duration(left) : undefined
}
