import { sameDependencies } from '../../../machines/protocol/dependencies.ts'
import type { Id, Member } from '../trace/format.ts'
import { labelOf, nameOf, vectorInWords } from '../trace/ids.ts'
import type { State } from './state.ts'
import type { Timeline } from './timeline.ts'
import { eventInWords, listed } from './words.ts'

export interface StoryRow {
  readonly cursor: number
  readonly ms: number
  readonly at: Member | undefined
  readonly kind: string
  readonly words: string
}

/** What one replica has of an instance, in memory and on disk. */
export interface Kept {
  readonly member: Member
  readonly states: readonly string[]
  readonly inMemory: string
  readonly onDisk: string
}

/** The whole story of an instance up to the cursor. */
export interface Story {
  readonly id: Id
  readonly rows: readonly StoryRow[]
  /** Earlier rows than there is room for. */
  readonly more: number
  /** Why it did not take the fast path; undefined when it did, or nothing says. */
  readonly whySlow: string | undefined
  readonly kept: readonly Kept[]
}

const rowsMax = 1_000

export function storyOf(timeline: Timeline, id: Id): Story {
  const { state, header } = timeline
  const cursors = timeline.eventsOf(id).filter(cursor => cursor <= state.cursor)
  const rows = cursors.slice(-rowsMax).flatMap((cursor): StoryRow[] => {
    const event = timeline.event(cursor)
    if (event === undefined) return []
    const at = 'at' in event ? event.at : undefined
    return [{ cursor, ms: event.ms, at, kind: event.kind, words: eventInWords(header, event) }]
  })
  const sides = state.instances.get(id)?.sides ?? []
  return {
    id,
    rows,
    more: cursors.length - rows.length,
    whySlow: whySlow(timeline, id, cursors),
    kept: header.members.flatMap((member, rank) => {
      const side = sides[rank]
      if (side === undefined) return []
      return [
        {
          member,
          states: side.states,
          inMemory: recordInWords(state, side.record),
          onDisk: recordInWords(state, side.durable),
        },
      ]
    }),
  }
}

/** Who disagreed with the coordinator, and on which dependency; or who was missing. */
function whySlow(timeline: Timeline, id: Id, cursors: readonly number[]): string | undefined {
  const { header } = timeline
  for (const cursor of cursors) {
    const event = timeline.event(cursor)
    if (event?.kind !== 'stepped' || !event.before.endsWith('preAccepting') || !event.after.endsWith('accepting'))
      continue
    if (event.after.endsWith('preAccepting')) continue
    const before = cursors.filter(each => each < cursor)
    const initDep = before
      .map(each => timeline.event(each))
      .findLast(each => each?.kind === 'written' && each.at === event.at)
    const own = initDep?.kind === 'written' ? initDep.record.initDep : []
    const replies = new Map<Member, readonly number[]>()
    for (const each of before) {
      const reply = timeline.event(each)
      if (reply?.kind === 'received' && reply.at === event.at && reply.message.type === 'preAcceptOk')
        if (!replies.has(reply.from)) replies.set(reply.from, reply.message.dep ?? [])
    }
    const deviating = [...replies].filter(([, dep]) => !sameDependencies(dep, own))
    if (deviating.length > 0)
      return `${labelOf(header, id)} took the slow path: ${listed(deviating.map(([from, dep]) => `${nameOf(header, from)} knew {${newIn(header.names, own, dep)}}`))}, which ${nameOf(header, event.at)} did not propose (${vectorInWords(header, own)}).`
    const silent = header.members.filter(member => member !== event.at && !replies.has(member))
    return `${labelOf(header, id)} took the slow path: ${listed(silent.map(member => nameOf(header, member)))} had not answered when the wait for the fast path was over.`
  }
  return undefined
}

const newIn = (names: readonly string[], own: readonly number[], dep: readonly number[]): string =>
  dep.flatMap((index, rank) => (index > (own[rank] ?? 0) ? [`${names[rank]}.${index}`] : [])).join(', ')

function recordInWords(
  { header }: State,
  record: { phase: string; bal: number; abal: number; dep: readonly number[]; cmd?: unknown } | undefined,
): string {
  if (record === undefined) return 'nothing'
  const { phase, bal, abal, dep, cmd } = record
  return `${phase}${cmd === 'nop' ? ' Nop' : ''}, bal ${bal}, abal ${abal}, dep ${vectorInWords(header, dep)}`
}
