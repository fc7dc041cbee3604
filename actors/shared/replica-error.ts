import type { ErrorCodeOf } from '../../machines/protocol/error-codes.ts'
import { EpaxosError } from '../../machines/protocol/errors.ts'

/** Why a replica does not take a command, or could not say what became of it. */
export type ReplicaErrorCode = ErrorCodeOf<
  'notReady' | 'draining' | 'overloaded' | 'tooLarge' | 'malformed' | 'notReadOnly' | 'unknown' | 'wrongStore'
>

export class ReplicaError extends EpaxosError<ReplicaErrorCode> {}
