import { type Command, type Footprint, unionFootprint } from '../../machines/protocol/commands.ts'
import type { Proposal, ProposalSource, ProposedPayload } from '../execution/proposal.ts'

/** A batch: commands that become one instance. */
export interface Batch {
  readonly command: Command
  readonly proposedPayloads: readonly ProposedPayload[]
  /** Session keys of its sources. */
  readonly sessionKeys: readonly string[]
}

/** Number of client commands in a batch. */
export const commandsOf = ({ proposedPayloads }: Batch): number =>
  proposedPayloads.reduce((sum, { proposals }) => sum + proposals.length, 0)

/** Makes one batch of these proposals, in their order. */
export function batchOf(proposals: readonly Proposal[]): Batch {
  const proposedPayloads: ProposedPayload[] = []
  const touched: Footprint[] = []
  const sessions = new Set<string>()
  for (let from = 0; from < proposals.length; ) {
    const { source } = proposals[from]!
    const to = endOfRun(proposals, from, source)
    const together = from === 0 && to === proposals.length ? proposals : proposals.slice(from, to)
    proposedPayloads.push(source.proposedPayload(together))
    if (source.key !== undefined && !together.every(({ isRead }) => isRead)) sessions.add(source.key)
    from = to
  }
  for (const { footprint } of proposals) touched.push(footprint)
  const sessionKeys = [...sessions]
  if (sessionKeys.length > 0) touched.push({ reads: [], writes: sessionKeys })
  return {
    sessionKeys,
    command: {
      footprint: unionFootprint(touched),
      payloads: inOneArray(proposedPayloads.map(({ payload }) => payload)),
    },
    proposedPayloads,
  }
}

function endOfRun(proposals: readonly Proposal[], from: number, source: ProposalSource): number {
  let to = from + 1
  while (to < proposals.length && proposals[to]!.source === source) to++
  return to
}

/**
 * Puts the payloads end to end into one array. Separate arrays would take several times the memory, for as long as the
 * record is kept.
 */
function inOneArray(payloads: readonly Uint8Array[]): readonly Uint8Array[] {
  if (payloads.length === 1) return payloads
  const all = new Uint8Array(payloads.reduce((sum, each) => sum + each.length, 0))
  let at = 0
  return payloads.map(payload => {
    const from = at
    all.set(payload, from)
    at += payload.length
    return all.subarray(from, at)
  })
}
