import type { InstanceMachine } from '../../machines/instance/machine.ts'
import type { InstanceMessage } from '../../machines/protocol/messages.ts'

/** The rules as they are, or with one of them broken. */
export interface Variant {
  readonly machine: InstanceMachine
  /** What is said instead of a message. */
  readonly says?: (message: InstanceMessage) => InstanceMessage
  /** A second reply of one sender counts again: then repeats are no repeats. */
  readonly countsRepeats?: boolean
  /** What is left out of the faster rule. */
  readonly lacks?: FasterPart
}

/**
 * Parts of the faster rule: the barrier in D0 of own commands, and in votes for others'; that it stays when all that was
 * forgotten is decided where it was, and when all have executed it; that what an own vote decides is told after the flush with both.
 */
export type FasterPart =
  | 'barrier in D0'
  | 'barrier in votes'
  | 'barrier that stays'
  | 'barrier that stays for ever'
  | 'flush before it is told'
