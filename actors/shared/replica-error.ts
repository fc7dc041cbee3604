import { EpaxosError } from '../../machines/protocol/errors.ts'

/** Why a replica does not take a command, or could not say what became of it. */
export type ReplicaErrorCode =
  /** Not proposed: the replica is not ready, is draining, or has too much waiting. */
  | 'notReady'
  | 'draining'
  | 'overloaded'
  | 'tooLarge'
  | 'malformed'
  /** Asked as a query, though it writes. */
  | 'notReadOnly'
  /** The replica ended while the command was under way: it may be executed, or not. */
  | 'unknown'
  /** The store belongs to another member or cluster. */
  | 'wrongStore'

export class ReplicaError extends EpaxosError<ReplicaErrorCode> {}
