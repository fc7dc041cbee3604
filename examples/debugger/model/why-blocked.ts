import type { Id, Member } from '../trace/format.ts'
import { labelOf, nameOf } from '../trace/ids.ts'
import { directBlockers } from './blockers.ts'
import { isExecutedAt, rankOf } from './own.ts'
import type { Replica, State } from './state.ts'
import { whyUncommitted } from './why-uncommitted.ts'
import { duration, labels, listed, names } from './words.ts'

/** Why an instance does not execute at a replica. */
export interface Explanation {
  /** It is not executed there. */
  readonly isBlocked: boolean
  /** From what was asked to the root cause, a sentence each; the last one is the root. */
  readonly lines: readonly string[]
  /** Who waits for whom: the instance asked for first, the root last. */
  readonly chain: readonly Id[]
  /** Replicas that are to blame: down, cut off, suspected. */
  readonly members: readonly Member[]
}

/** Steps of a chain that are told one by one. */
const toldMax = 6

/**
 * Why is this not executing? In words, down to the root cause.
 * @param at where it is to be executed; left out: at its coordinator, or at the first replica that runs
 */
export function whyBlocked(state: State, id: Id, at: Member = usualPlace(state, id)): Explanation {
  const { header } = state
  const rank = rankOf(state, at)
  const name = nameOf(header, at)
  const replica = state.replicas[rank]!
  const instance = state.instances.get(id)
  if (instance !== undefined && isExecutedAt(state, rank, instance)) {
    const executedMs = instance.sides[rank]?.executedMs
    const since = executedMs === undefined ? '' : `, since ${duration(state.ms - executedMs)}`
    return free([`${labelOf(header, id)} is executed at ${name}${since}.`])
  }
  if (!replica.isUp)
    return {
      isBlocked: true,
      lines: [downInWords(state, name, replica)],
      chain: [id],
      members: [at],
    }
  const chain = chainFrom(state, at, id)
  const lines = chain.slice(0, -1).map((each, step) => waitsFor(state, at, each, chain[step + 1]!))
  const told =
    lines.length > toldMax
      ? [...lines.slice(0, toldMax - 1), `... ${lines.length - toldMax} steps ...`, lines.at(-1)!]
      : lines
  const root = chain.at(-1)!
  const isCommitted = state.instances.get(root)?.sides[rank]?.committed !== undefined
  if (isCommitted) {
    const last = whyCommittedWaits(state, at, root)
    return { isBlocked: true, lines: [...told, last], chain, members: [] }
  }
  const { words, members } = whyUncommitted(state, at, root)
  return { isBlocked: true, lines: [...told, words], chain, members }
}

function downInWords({ ms }: State, name: string, { sinceMs, error }: Replica): string {
  const forMs = duration(ms - sinceMs)
  return error === undefined
    ? `${name} is down, since ${forMs}: it executes nothing.`
    : `${name} has failed, ${forMs} ago: ${error}.`
}

const free = (lines: readonly string[]): Explanation => ({ isBlocked: false, lines, chain: [], members: [] })

function usualPlace(state: State, id: Id): Member {
  const { header, replicas, instances } = state
  const own = Number(id.slice(0, id.indexOf('.')))
  if (replicas[header.members.indexOf(own)]?.isUp) return own
  const sides = instances.get(id)?.sides ?? []
  const rank = replicas.findIndex((replica, each) => replica.isUp && sides[each] !== undefined)
  return header.members[rank] ?? replicas.find(({ isUp }) => isUp)?.member ?? header.members[0]!
}

/** From one blocker to the next, breadth first, to the nearest that is not committed; or to the last that is. */
function chainFrom(state: State, at: Member, id: Id): readonly Id[] {
  const rank = rankOf(state, at)
  const cameFrom = new Map<Id, Id | undefined>([[id, undefined]])
  const queue = [id]
  let last = id
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const instance = state.instances.get(next)
    if (instance?.sides[rank]?.committed === undefined) return pathTo(next, cameFrom)
    last = next
    for (const blocker of directBlockers(state, at, instance)) {
      if (cameFrom.has(blocker)) continue
      cameFrom.set(blocker, next)
      queue.push(blocker)
    }
  }
  return last === id ? [id] : pathTo(last, cameFrom)
}

function pathTo(id: Id, cameFrom: ReadonlyMap<Id, Id | undefined>): readonly Id[] {
  const path: Id[] = []
  for (let each: Id | undefined = id; each !== undefined; each = cameFrom.get(each)) path.unshift(each)
  return path
}

function waitsFor(state: State, at: Member, id: Id, next: Id): string {
  const { header } = state
  const instance = state.instances.get(id)!
  const others = directBlockers(state, at, instance).filter(each => each !== next)
  const beside =
    others.length === 0 ? '' : ` (and for ${labels(header, others.slice(0, 3))}${others.length > 3 ? ', ...' : ''})`
  const keys = sharedKeys(state, id, next)
  const on = keys.length === 0 ? '' : `, both on ${listed(keys)}`
  return `${labelOf(header, id)} is committed at ${nameOf(header, at)} and waits for ${labelOf(header, next)}${on}${beside}.`
}

function sharedKeys(state: State, a: Id, b: Id): readonly string[] {
  const [one, other] = [state.instances.get(a)?.cmd, state.instances.get(b)?.cmd]
  if (one === undefined || other === undefined || one === 'nop' || other === 'nop') return []
  if (one.writes === 'all' || other.writes === 'all') return []
  const all = [...other.writes, ...(other.reads === 'all' ? [] : other.reads)]
  return one.writes.filter(key => all.includes(key)).slice(0, 2)
}

function whyCommittedWaits(state: State, at: Member, id: Id): string {
  const { header } = state
  const rank = rankOf(state, at)
  const instance = state.instances.get(id)!
  const label = labelOf(header, id)
  const name = nameOf(header, at)
  const side = instance.sides[rank]!
  if (side.committed?.path === 'fast' && side.durable?.phase !== 'committed')
    return `${label} is committed on the fast path at ${name}, and is executed once that is on its disk${state.replicas[rank]!.isFlushing ? ': a flush is under way' : ''}.`
  const others = directBlockers(state, at, instance)
  if (others.length > 0)
    return `${label} and ${labels(header, others.slice(0, 3))} wait for each other: they are one component, executed together.`
  return `All that ${label} depends on is executed at ${name}: it is next.`
}

/** Whom the members of an explanation are, in words. */
export const blamed = (state: State, { members }: Explanation): string => names(state.header, members)
