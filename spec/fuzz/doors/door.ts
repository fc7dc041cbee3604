import type { Draw } from '../../sim/world/random.ts'
import type { Unnumbered } from '../attack.ts'

export const doorNames = ['peer', 'client', 'debugger'] as const
export type DoorName = (typeof doorNames)[number]

/** What is attacked: draws one attack after the other. */
export interface Door {
  /** Where each target listens: `127.0.0.1:7101`. */
  readonly targets: readonly string[]
  readonly kinds: readonly string[]
  attack(draw: Draw): Unnumbered
}

/** One kind of attack, and how often it is drawn among the others. */
export interface Kind {
  readonly name: string
  readonly weight: number
  attack(draw: Draw, to: number): Omit<Unnumbered, 'kind' | 'to'>
}

/** A door of kinds. */
export function doorOf(targets: readonly string[], kinds: readonly Kind[]): Door {
  const total = kinds.reduce((sum, { weight }) => sum + weight, 0)
  return {
    targets,
    kinds: kinds.map(({ name }) => name),
    attack(draw) {
      let at = draw.between(0, total)
      const kind = kinds.find(({ weight }) => {
        at -= weight
        return at < 0
      })!
      const to = draw.whole(0, targets.length - 1)
      return { ...kind.attack(draw, to), kind: kind.name, to } as Unnumbered
    },
  }
}
