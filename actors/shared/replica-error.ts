import type { ErrorCodeOf } from '../../machines/protocol/error-codes.ts'
import { EpaxosError } from '../../machines/protocol/errors.ts'

/** The reason why a replica does not take a command, or cannot tell its outcome. */
export type ReplicaErrorCode = ErrorCodeOf<
  | 'notReady'
  | 'draining'
  | 'overloaded'
  | 'tooLarge'
  | 'malformed'
  | 'notReadOnly'
  | 'applyFailed'
  | 'unknown'
  | 'wrongStore'
  | 'disowned'
>

export class ReplicaError extends EpaxosError<ReplicaErrorCode> {}
