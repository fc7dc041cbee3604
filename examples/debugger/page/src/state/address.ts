import { effect } from '@preact/signals'
import type { Timeline } from '../../../model/timeline.ts'
import type { SourceKind, WorldLink } from '../../../server/protocol.ts'
import type { TraceHeader } from '../../../trace/format.ts'
import { picked, type View, view, views } from './choices.ts'
import { goTo } from './player.ts'
import { shown } from './shown.ts'

/** What the address says after `#`: where to begin, and which world. */
interface Wanted {
  readonly view: View | undefined
  readonly id: string | undefined
  readonly cursor: number | undefined
  readonly violation: boolean
  readonly world: WorldLink | undefined
}

export function wantedBy(hash: string): Wanted {
  const parts = new URLSearchParams(hash.replace(/^#/, ''))
  const cursor = Number(parts.get('cursor') ?? Number.NaN)
  return {
    view: views.find(each => each === parts.get('view')),
    id: parts.get('id') ?? undefined,
    cursor: Number.isSafeInteger(cursor) ? cursor : undefined,
    violation: parts.has('violation'),
    world: worldIn(parts.get('world')),
  }
}

function worldIn(text: string | null): WorldLink | undefined {
  if (text === null) return undefined
  try {
    return JSON.parse(text) as WorldLink
  } catch {
    // Whoever typed it sees the world that the program was started with.
    return undefined
  }
}

const wanted = wantedBy(location.hash)
export const wantedWorld = wanted.world
let isSought = wanted.cursor !== undefined || wanted.violation

/** What walks through itself begins at its first caption. */
let isAwaitingCaption = false
let isFirst = true

/** A trace begins; its first events may come later: in worlds when somebody runs them. */
export function onOpened({ source }: TraceHeader, kind: SourceKind): void {
  isAwaitingCaption = source === 'scenario' && !isSought
  // Whoever opens another world from here looks at what he looked at before.
  if (!isFirst) return
  isFirst = false
  view.value = wanted.view ?? (kind === 'world' ? 'world' : source === 'scenario' ? 'spacetime' : 'chart')
  picked.value = wanted.id
}

/** Events have come. @param firstCaption where what it announces is over */
export function onEvents(timeline: Timeline, firstCaption: number | undefined): void {
  if (isAwaitingCaption && firstCaption !== undefined && firstCaption < timeline.last) {
    isAwaitingCaption = false
    goTo(firstCaption)
  }
  if (!isSought) return
  const { violations } = timeline.state
  if (wanted.violation && violations.length > 0) {
    isSought = false
    view.value = wanted.view ?? 'spacetime'
    picked.value ??= violations[0]!.about[0]
    goTo([...timeline.events()].find(([, event]) => event === violations[0])?.[0] ?? timeline.cursor)
  } else if (wanted.cursor !== undefined && timeline.last >= wanted.cursor) {
    isSought = false
    goTo(wanted.cursor)
  }
}

/** The address names what is shown, so that it can be handed on. */
effect(() => {
  const parts = new URLSearchParams()
  parts.set('view', view.value)
  if (picked.value !== undefined) parts.set('id', picked.value)
  if (wanted.world !== undefined) parts.set('world', JSON.stringify(wanted.world))
  if (shown.value !== undefined) history.replaceState(null, '', `#${parts}`)
})
