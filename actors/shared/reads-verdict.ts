import type { InstanceId } from '../../machines/protocol/instance-id.ts'
import type { Rank } from '../../machines/protocol/membership.ts'

/** The reasons why reads by quorum wait, or go as commands. Each says what the oldest of them is answered after. */
export const readsReasons = {
  nothingWaits: 'no read waits',
  notVoting: 'this replica does not vote: it takes no read in',
  noQuorum: 'too few are heard of to answer a round: reads go as commands',
  stateReplaced: "the state is being replaced by another replica's: reads go on when it is whole",
  gathering: 'as many rounds as may be wait for the others: reads gather for the next',
  roundUnderWay: 'too few have answered the round',
  unknownPayload: 'the round has found an instance whose command is not known here',
  unsettled: 'the round has found a write that is not executed here',
} as const
export type ReadsVerdict = keyof typeof readsReasons

/** What the oldest read by quorum waits for. */
export interface ReadsStanding {
  readonly verdict: ReadsVerdict
  /** Number of reads that are not answered. */
  readonly waiting: number
  /** The instance that it waits for (rule 5a.3). */
  readonly awaits: InstanceId | undefined
  /** The replicas that have not answered its round. */
  readonly unanswered: readonly Rank[]
}
