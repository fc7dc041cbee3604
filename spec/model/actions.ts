import type { Rank } from '../../machines/protocol/membership.ts'

/** What may happen next: a message is delivered, or a replica does something of its own accord. */
export type Action =
  | { readonly type: 'deliver'; readonly message: number }
  | {
      readonly type: OwnAction
      readonly rank: Rank /** A command, or for a restart the commits lost, as bits. */
      readonly what: number
    }

const ownActions = ['submit', 'recover', 'giveUp', 'crash', 'restart'] as const
export type OwnAction = (typeof ownActions)[number]

/** An action as one number: a message's own, or a negative one. */
export type ActionCode = number

export const own = (type: OwnAction, rank: Rank, what = 0): ActionCode =>
  -1 - (ownActions.indexOf(type) + 8 * (rank + 16 * what))

export function actionOf(code: ActionCode): Action {
  if (code >= 0) return { type: 'deliver', message: code }
  const bits = -1 - code
  return { type: ownActions[bits % 8]!, rank: Math.floor(bits / 8) % 16, what: Math.floor(bits / 128) }
}
