import { EpaxosError } from '../../machines/protocol/errors.ts'

export type ClientErrorCode =
  /** The request may or may not have been executed, now or later: nobody can tell. */
  | 'unknown'
  /** The session had expired: the command was not applied this time; an earlier sending of it may have been. */
  | 'sessionExpired'
  /** No replica took the request in time: it was not executed and never will be. */
  | 'unavailable'
  /** Too many requests wait in this client: this one was not sent. */
  | 'overloaded'
  /** The command is larger than the limit: it was not proposed. */
  | 'tooLarge'
  /** The replica does not understand the command: it was not proposed. */
  | 'malformed'
  /** It was asked as a query, though it writes: nothing was done. */
  | 'notReadOnly'
  /** The client was closed before the request was sent. */
  | 'closed'

/** Why a request has no result. */
export class ClientError extends EpaxosError<ClientErrorCode> {}
