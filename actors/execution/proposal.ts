import type { Footprint } from '../../machines/protocol/commands.ts'
import type { Envelope } from '../../machines/protocol/envelope.ts'
import type { Lane } from '../shared/lane.ts'
import type { Outcome } from './replicated-state.ts'

/** One client command on its way. Exactly one of the three is called, once. */
export interface Proposal {
  /** Commands of one source that leave together travel as one payload. */
  readonly source: ProposalSource
  /** What it adds to a payload, bytes. */
  readonly bytes: number
  /** What it touches, beside what its source does. */
  readonly footprint: Footprint
  executed(outcome: Outcome): void
  /** It waited here, and is in no instance that could be executed: it was not, and will not be. */
  dropped(reason: string): void
  /** The replica ended first: whether the command will be executed is not known. */
  abandoned(): void
}

/** What came together, and may be proposed together. */
export interface ProposalSource {
  /** A key that each of its commands writes: the row of its session in the client table. */
  readonly key: string | undefined
  /** Where its commands wait: those of one client, who takes turns with the others. Undefined: of nobody in particular. */
  readonly lane: Lane<Proposal> | undefined
  /** One payload for some of its proposals, in this order. */
  proposedPayload(proposals: readonly Proposal[]): ProposedPayload
}

/** One payload of an instance, and who is told of what became of it. */
export interface ProposedPayload {
  readonly payload: Uint8Array
  /** The payload, decoded. */
  readonly envelope: Envelope
  /** One for each command in it, in their order. */
  readonly proposals: readonly Proposal[]
}

/** A command that travels alone. */
export function proposalOf(
  { payload, envelope }: Pick<ProposedPayload, 'payload' | 'envelope'>,
  footprint: Footprint,
  told: Pick<Proposal, 'executed' | 'dropped' | 'abandoned'>,
  lane?: Lane<Proposal>,
): Proposal {
  const source: ProposalSource = {
    key: undefined,
    lane,
    proposedPayload: proposals => ({ payload, envelope, proposals }),
  }
  return { source, bytes: payload.length, footprint, ...told }
}
