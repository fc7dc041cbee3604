import { effect, signal } from '@preact/signals'
import type { Id, Member } from '../../../trace/format.ts'

export const views = ['chart', 'dependencies', 'spacetime', 'cluster', 'instance', 'world'] as const
export type View = (typeof views)[number]
export const viewNames: Readonly<Record<View, string>> = {
  chart: 'Statechart',
  dependencies: 'Dependencies',
  spacetime: 'Space-time',
  cluster: 'Cluster',
  instance: 'Instance',
  world: 'World',
}

/** What somebody has chosen to look at. */
export const view = signal<View>('chart')
export const picked = signal<Id | undefined>(undefined)
/** Whose side of it; undefined: where it is most telling. */
export const pickedAt = signal<Member | undefined>(undefined)
/** The event whose causes are shown: a cursor. */
export const coneOf = signal<number | undefined>(undefined)
export const areValuesShown = signal(false)
export const isHelpOpen = signal(false)
export const isExportOpen = signal(false)

export type Theme = 'light' | 'dark'
const prefersDark = matchMedia('(prefers-color-scheme: dark)')
export const theme = signal<Theme>(kept() ?? (prefersDark.matches ? 'dark' : 'light'))
prefersDark.addEventListener('change', ({ matches }) => {
  if (kept() === undefined) theme.value = matches ? 'dark' : 'light'
})
effect(() => {
  document.documentElement.dataset.theme = theme.value
})

export function toggleTheme(): void {
  theme.value = theme.value === 'dark' ? 'light' : 'dark'
  try {
    localStorage.setItem('theme', theme.value)
  } catch {
    // No storage for this page: it is chosen for this visit alone.
  }
}

function kept(): Theme | undefined {
  try {
    const value = localStorage.getItem('theme')
    return value === 'light' || value === 'dark' ? value : undefined
  } catch {
    return undefined
  }
}

export function pick(id: Id | undefined, at?: Member): void {
  picked.value = id
  pickedAt.value = at
}
