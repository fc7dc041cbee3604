import type { ErrorCodeOf } from '../../machines/protocol/error-codes.ts'
import { EpaxosError } from '../../machines/protocol/errors.ts'

export type ClientErrorCode = ErrorCodeOf<
  | 'unknown'
  | 'sessionExpired'
  | 'unavailable'
  | 'overloaded'
  | 'tooLarge'
  | 'malformed'
  | 'notReadOnly'
  | 'applyFailed'
  | 'closed'
>

/** The error of a request without a result. */
export class ClientError extends EpaxosError<ClientErrorCode> {}
