import type { Rank } from '../../machines/protocol/membership.ts'

/** What may happen next: a message is delivered, or a replica does something of its own accord. */
export type Action =
  | { readonly type: 'deliver'; readonly message: number }
  | {
      readonly type: OwnAction
      readonly rank: Rank
      /** A command; for a restart the commits lost, as bits; for `submitRaised` what `raised` packs; for `lift` nothing. */
      readonly what: number
    }

const ownActions = ['submit', 'recover', 'giveUp', 'crash', 'restart', 'submitRaised', 'lift'] as const
export type OwnAction = (typeof ownActions)[number]

/** A command that is proposed when the restart barrier of another has been announced here: D0 is raised to it. */
export interface Raised {
  readonly command: number
  /** Who has announced the barrier, and its index. */
  readonly of: Rank
  readonly barrier: number
}

export const raised = ({ command, of, barrier }: Raised): number => command + 4 * (of + 8 * barrier)
export const raisedOf = (what: number): Raised => ({
  command: what % 4,
  of: Math.floor(what / 4) % 8,
  barrier: Math.floor(what / 32),
})

/** An action as one number: a message's own, or a negative one. */
export type ActionCode = number

export const own = (type: OwnAction, rank: Rank, what = 0): ActionCode =>
  -1 - (ownActions.indexOf(type) + 8 * (rank + 16 * what))

export function actionOf(code: ActionCode): Action {
  if (code >= 0) return { type: 'deliver', message: code }
  const bits = -1 - code
  return { type: ownActions[bits % 8]!, rank: Math.floor(bits / 8) % 16, what: Math.floor(bits / 128) }
}
