import type { Footprint } from '../../machines/protocol/commands.ts'
import type { Lane } from '../shared/lane.ts'
import type { Outcome } from './outcome.ts'

/** One client command on its way to execution. Exactly one of the three methods is called, once. */
export interface Proposal {
  /** Commands of one source that leave together travel as one payload. */
  readonly source: ProposalSource
  /** Bytes that it adds to a payload. */
  readonly bytes: number
  /** Its footprint, beside that of its source. */
  readonly footprint: Footprint
  /** Whether it only reads, and leaves the row of its session as it is (rule 5.2). */
  readonly isRead?: boolean
  executed(outcome: Outcome): void
  /**
   * Called when the command was not executed, and will not be: it waited here, and is in no instance that could be
   * executed.
   */
  dropped(reason: string): void
  /** Called when the replica ended first: it is not known whether the command will be executed. */
  abandoned(): void
}

/** A source of commands that arrived together, and may be proposed together. */
export interface ProposalSource {
  /** A key that each of its commands writes, but for reads: the row of its session in the client table. */
  readonly key: string | undefined
  /** The lane where its commands wait. The lanes of clients take turns. Undefined: the commands belong to no client. */
  readonly lane: Lane<Proposal> | undefined
  /** Makes one payload of some of its proposals, in this order. */
  proposedPayload(proposals: readonly Proposal[]): ProposedPayload
}

/** One payload of an instance, with the proposals that learn its outcome. */
export interface ProposedPayload {
  readonly payload: Uint8Array
  /** One proposal for each command in it, in their order. */
  readonly proposals: readonly Proposal[]
}

/** A command that travels alone. */
export function proposalOf(
  payload: Uint8Array,
  footprint: Footprint,
  told: Pick<Proposal, 'executed' | 'dropped' | 'abandoned'>,
  lane?: Lane<Proposal>,
): Proposal {
  const source: ProposalSource = {
    key: undefined,
    lane,
    proposedPayload: proposals => ({ payload, proposals }),
  }
  return { source, bytes: payload.length, footprint, ...told }
}
