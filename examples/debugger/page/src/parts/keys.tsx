import type { JSX } from 'preact'
import {
  areValuesShown,
  coneOf,
  isExportOpen,
  isHelpOpen,
  pick,
  toggleTheme,
  view,
  viewNames,
  views,
} from '../state/choices.ts'
import { changeSpeed, follow, goTo, step, stepOfPicked, togglePlaying } from '../state/player.ts'
import { density, shown } from '../state/shown.ts'
import { zoom } from '../state/zoom.ts'
import { worldKeys } from './world-orders.ts'

interface Key {
  /** As `KeyboardEvent.key` says. */
  readonly keys: readonly string[]
  readonly words: string
  run(key: string): void
}

const groups: readonly { readonly title: string; readonly keys: readonly Key[] }[] = [
  {
    title: 'Views',
    keys: [
      {
        keys: views.map((_, at) => String(at + 1)),
        words: views.map(each => viewNames[each]).join(', '),
        run: key => {
          view.value = views[Number(key) - 1]!
        },
      },
      { keys: ['/'], words: 'pick an instance by name', run: () => document.getElementById('pick')?.focus() },
      { keys: ['+', '-'], words: 'show fewer events or instances, or more', run: key => zoom(key === '+' ? 1 : -1) },
      {
        keys: ['c'],
        words: 'causal cone of the event at the cursor',
        run: () => {
          coneOf.value = coneOf.value === undefined ? shown.value?.cursor : undefined
          view.value = 'spacetime'
        },
      },
    ],
  },
  {
    title: 'Time',
    keys: [
      { keys: ['ArrowLeft', 'ArrowRight'], words: 'one event back, forward', run: key => step(sign(key)) },
      { keys: ['PageUp', 'PageDown'], words: 'a hundred events', run: key => step(100 * sign(key)) },
      { keys: ['p', 'n'], words: 'previous, next event of the picked instance', run: key => stepOfPicked(sign(key)) },
      { keys: ['f', 'F'], words: 'next, previous fault or violation', run: key => toMark(key === 'f' ? 1 : -1) },
      { keys: ['Home'], words: 'to the beginning', run: () => goTo(0) },
      { keys: ['End', 'l'], words: 'to the end, and along with it (live)', run: follow },
      { keys: [' '], words: 'play, pause', run: togglePlaying },
      { keys: ['<', '>'], words: 'slower, faster', run: key => changeSpeed(key === '>' ? 1 : -1) },
    ],
  },
  { title: 'Seeded worlds', keys: worldKeys },
  {
    title: 'Page',
    keys: [
      { keys: ['t'], words: 'light or dark', run: toggleTheme },
      {
        keys: ['v'],
        words: 'mask or show values',
        run: () => {
          areValuesShown.value = !areValuesShown.value
        },
      },
      {
        keys: ['e'],
        words: 'export',
        run: () => {
          isExportOpen.value = !isExportOpen.value
        },
      },
      {
        keys: ['?'],
        words: 'this list',
        run: () => {
          isHelpOpen.value = !isHelpOpen.value
        },
      },
      {
        keys: ['Escape'],
        words: 'close, or pick none',
        run: () => {
          if (isHelpOpen.value || isExportOpen.value) {
            isHelpOpen.value = false
            isExportOpen.value = false
          } else if (coneOf.value !== undefined) coneOf.value = undefined
          else pick(undefined)
        },
      },
    ],
  },
]

const sign = (key: string): 1 | -1 => (key === 'ArrowRight' || key === 'PageDown' || key === 'n' ? 1 : -1)

/** Faults, violations and captions, as the strip marks them. */
export function toMark(direction: 1 | -1): void {
  const timeline = shown.value
  if (timeline === undefined) return
  const marks = density.strip.marks.filter(({ cursor }) => cursor > timeline.first)
  const mark =
    direction === 1
      ? marks.find(({ cursor }) => cursor > timeline.cursor)
      : marks.findLast(({ cursor }) => cursor < timeline.cursor)
  if (mark !== undefined) goTo(mark.cursor)
}

export function listenToKeys(): void {
  addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const { target } = event
    if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement) {
      if (event.key === 'Escape') target.blur()
      return
    }
    // A focused button is pressed with it.
    if (event.key === ' ' && target instanceof HTMLButtonElement) return
    const key = groups.flatMap(({ keys }) => keys).find(({ keys }) => keys.includes(event.key))
    if (key === undefined) return
    event.preventDefault()
    key.run(event.key)
  })
}

const named: Readonly<Record<string, string>> = {
  ' ': 'Space',
  ArrowLeft: '←',
  ArrowRight: '→',
  PageUp: 'Page ↑',
  PageDown: 'Page ↓',
  Escape: 'Esc',
}

export function KeysOverlay(): JSX.Element | null {
  if (!isHelpOpen.value) return null
  return (
    <div class="overlay">
      <div class="card" role="dialog" aria-label="Keys">
        <h2>
          Keys
          <button
            type="button"
            class="quiet end"
            onClick={() => {
              isHelpOpen.value = false
            }}
          >
            ✕
          </button>
        </h2>
        <div class="columns">
          {groups.map(({ title, keys }) => (
            <section key={title}>
              <h3>{title}</h3>
              <dl>
                {keys.map(({ keys, words }) => (
                  <div key={words}>
                    <dt>
                      {keys.map(each => (
                        <kbd key={each}>{named[each] ?? each}</kbd>
                      ))}
                    </dt>
                    <dd>{words}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
      </div>
    </div>
  )
}
