import type { Dependencies } from '../../machines/protocol/dependencies.ts'
import { type Answer, applyFailed, applyFailedReason } from './answer.ts'

/** The outcome of one command when it was executed. */
export type Outcome =
  /** A command of the state machine was applied: its result, encoded. */
  | { readonly answer: Uint8Array }
  /** A command that the replicas themselves understand. */
  | {
      readonly result: unknown
      /** Whether the state stands at a point of comparison now, as at every replica. */
      readonly isPoint?: true
      /** The agreed floor, up to which records may go. */
      readonly floor?: Dependencies
    }
  /**
   * The command failed, or was not applied: its session has expired, or its client wants no answer, or must take others
   * first.
   */
  | {
      readonly refused: typeof applyFailed | 'sessionExpired' | 'outdated' | 'tooManyUnacknowledged'
      readonly reason: string
    }

const failure: Outcome = { refused: applyFailed, reason: applyFailedReason }

/** The outcome that an answer tells. */
export const outcomeOf = (answer: Answer): Outcome => (answer === applyFailed ? failure : { answer })
