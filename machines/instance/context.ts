import { type Ballot, initialBallot } from '../protocol/ballots.ts'
import type { PreAcceptOks } from '../protocol/fast-path.ts'
import type { InstanceId } from '../protocol/instance-id.ts'
import type { Rank } from '../protocol/membership.ts'
import type { Quorums } from '../protocol/quorums.ts'
import { initialRecord, type Record } from '../protocol/record.ts'
import type { AwaitedMember, Candidate, Invalidating, RecoverOks } from '../protocol/recovery.ts'

/**
 * An attempt of this replica to commit the instance, at one ballot of its own. It lives in memory alone, and dies with
 * the process.
 */
export interface Attempt {
  readonly ballot: Ballot
  /** The first preAcceptOk of each sender (rule 3.3). */
  readonly preAcceptOks: PreAcceptOks
  /** Replicas believed down when the last preAcceptOk came, by rank, as bits. */
  readonly down: number
  readonly fastPathGivenUp: boolean
  /** Replicas that have accepted, by rank, as bits: distinct senders are counted, never messages (B6). */
  readonly acceptOks: number
  /** The first recoverOk of each sender (rule 4.3). */
  readonly recoverOks: RecoverOks
  /** The candidate being validated, once rule 4.3.4 has applied. */
  readonly candidate: Candidate | undefined
  /** The first validateOk of each sender (rule 4.5). */
  readonly validateOks: readonly (readonly Invalidating[] | undefined)[]
  /** I, while rule 4.5.3 waits. */
  readonly members: readonly AwaitedMember[]
}

export interface InstanceInput {
  readonly id: InstanceId
  /** This replica's rank. */
  readonly self: Rank
  readonly quorums: Quorums
}

export interface InstanceContext extends InstanceInput {
  /** The promises and votes of this replica: all of it, and nothing else, is written to disk. */
  readonly record: Record
  readonly attempt: Attempt | undefined
  /** The highest ballot that a nack has told of: the next own ballot lies above it. */
  readonly nackedBy: Ballot
  /** The path by which the instance was committed here; undefined before. */
  readonly path: CommitPath | undefined
  /**
   * The rule of [the protocol](../protocol/README.md) by which the last attempt moved on: for traces, never for
   * decisions.
   */
  readonly rule: string | undefined
}

/** `fast`: decided here by rule 3.3; `slow`: decided here by rule 3.5; `found`: by recovery (4.3.1); `told`: by 3.6. */
export type CommitPath = 'fast' | 'slow' | 'found' | 'told'

export const initialContext = (input: InstanceInput): InstanceContext => ({
  ...input,
  record: initialRecord(input.quorums.n),
  attempt: undefined,
  nackedBy: initialBallot,
  path: undefined,
  rule: undefined,
})

export const newAttempt = (ballot: Ballot): Attempt => ({
  ballot,
  preAcceptOks: [],
  down: 0,
  fastPathGivenUp: false,
  acceptOks: 0,
  recoverOks: [],
  candidate: undefined,
  validateOks: [],
  members: [],
})
