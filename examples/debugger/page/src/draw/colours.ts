import { computed } from '@preact/signals'
import type { Phase as RecordPhase } from '../../../../../machines/protocol/record.ts'
import type { DriveState } from '../../../model/protocol.ts'
import { theme } from '../state/choices.ts'

/** Colours as the style sheet has them, for what is drawn. */
export interface Palette {
  readonly paper: string
  readonly panel: string
  readonly ink: string
  readonly soft: string
  readonly faint: string
  readonly line: string
  readonly accent: string
  readonly alarm: string
  readonly warn: string
  /** By rank. */
  readonly members: readonly string[]
  readonly phases: Readonly<Record<Phase, string>>
  readonly phaseInks: Readonly<Record<Phase, string>>
}

/** How far an instance has come, as far as colours tell. */
export type Phase = RecordPhase | 'recovering' | 'executed'
export const phaseWords: Readonly<Record<Phase, string>> = {
  initial: 'only heard of',
  preAccepted: 'pre-accepted',
  accepted: 'accepted (slow path)',
  recovering: 'in recovery',
  committed: 'committed',
  executed: 'executed',
}
/** From the first to the last. */
export const phases = Object.keys(phaseWords) as readonly Phase[]

/** What an attempt of the replica's own adds to its vote. */
const phaseOfDrive: { readonly [Drive in DriveState]: 'preAccepted' | 'accepted' | 'recovering' | undefined } = {
  following: undefined,
  preAccepting: 'preAccepted',
  accepting: 'accepted',
  recovering: 'recovering',
  validating: 'recovering',
  waiting: 'recovering',
}

export const palette = computed<Palette>(() => {
  theme.value
  const styles = getComputedStyle(document.documentElement)
  const of = (name: string) => styles.getPropertyValue(`--${name}`).trim()
  const byPhase = (prefix: string) =>
    Object.fromEntries(phases.map(phase => [phase, of(`${prefix}${phase}`)])) as Record<Phase, string>
  return {
    paper: of('paper'),
    panel: of('panel'),
    ink: of('ink'),
    soft: of('soft'),
    faint: of('faint'),
    line: of('line'),
    accent: of('accent'),
    alarm: of('alarm'),
    warn: of('warn'),
    members: Array.from({ length: 9 }, (_, rank) => of(`member-${rank}`)),
    phases: byPhase('phase-'),
    phaseInks: byPhase('phase-ink-'),
  }
})

/** Where a side stands, in a colour. */
export function phaseOf(states: readonly string[], isExecuted: boolean): Phase {
  if (isExecuted || states.includes('executed')) return 'executed'
  if (states.includes('committed')) return 'committed'
  const [vote] = states
  const drive = phaseOfDrive[states.at(-1) as DriveState]
  if (drive === 'recovering') return 'recovering'
  if (vote === 'accepted' || drive === 'accepted') return 'accepted'
  return vote === 'preAccepted' || drive === 'preAccepted' ? 'preAccepted' : 'initial'
}
