import { effect } from '@preact/signals'
import type { WorldLink } from '../../../server/protocol.ts'
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

/** Events of a trace have come. @param isNew the first ones of it */
export function onOpened(isNew: boolean): void {
  const timeline = shown.value!
  const { source } = timeline.header
  if (isNew) {
    view.value =
      wanted.view ??
      (source === 'world' && timeline.header.plan !== undefined ? view.value : (usual[source] ?? 'chart'))
    if (wanted.id !== undefined) picked.value = wanted.id
  }
  if (!isSought) return
  const { violations } = timeline.state
  if (wanted.violation && violations.length > 0) {
    isSought = false
    view.value = wanted.view ?? 'spacetime'
    const [first] = violations[0]!.about
    picked.value ??= first
    goTo([...timeline.events()].find(([, event]) => event === violations[0])?.[0] ?? timeline.cursor)
  } else if (wanted.cursor !== undefined && timeline.last >= wanted.cursor) {
    isSought = false
    goTo(wanted.cursor)
  }
}

const usual: Readonly<Record<string, View>> = { live: 'chart', world: 'chart', scenario: 'spacetime' }

/** The address names what is shown, so that it can be handed on. */
effect(() => {
  const parts = new URLSearchParams()
  parts.set('view', view.value)
  if (picked.value !== undefined) parts.set('id', picked.value)
  if (wanted.world !== undefined) parts.set('world', JSON.stringify(wanted.world))
  if (shown.value !== undefined) history.replaceState(null, '', `#${parts}`)
})
