import type { Proposal, ProposalSource } from '../../actors/execution/proposal.ts'
import type { Batch } from '../../actors/proposing/batch.ts'
import { Proposals } from '../../actors/proposing/proposals.ts'
import { Lane } from '../../actors/shared/lane.ts'
import { defaultLimits } from '../../actors/shared/limits.ts'
import { envelopes } from '../../machines/protocol/envelope.ts'
import { measure } from './support/measure.ts'

/**
 * Commands that wait to be proposed: added, taken in batches, committed one batch after the other; each client asks for as
 * many as were committed of it. Operations are commands.
 */
const operations = 100_000
const payload = new Uint8Array(64)
const told = { executed: () => {}, dropped: () => {}, abandoned: () => {} }

function turnOver(clients: number, inFlight: number): void {
  const proposals = new Proposals(defaultLimits)
  const ask = Array.from({ length: clients }, (_, client) => {
    const lane = new Lane<Proposal>()
    let at = 0
    return (count: number): void => {
      const source: ProposalSource = {
        key: `session:${client}`,
        lane,
        proposedPayload: some => ({ payload, envelope: envelopes.point(), proposals: some }),
      }
      clientOf.set(source, client)
      for (let left = count; left > 0; left--) {
        const footprint = { reads: [], writes: [`${client}:${at++ % 100}`] }
        const proposal: Proposal = { source, bytes: payload.length, footprint, ...told }
        proposals.add(proposal)
      }
    }
  })
  for (const each of ask) each(inFlight)
  const proposed: Batch[] = []
  for (let done = 0; done < operations; ) {
    for (let batch = proposals.take(); batch !== undefined; batch = proposals.take()) {
      proposals.proposed(batch)
      proposed.push(batch)
    }
    const batch = proposed.shift()!
    proposals.committed(batch)
    for (const { proposals: some } of batch.proposedPayloads) {
      ask[clientOf.get(some[0]!.source)!]!(some.length)
      done += some.length
    }
  }
}
const clientOf = new WeakMap<ProposalSource, number>()

for (const [clients, inFlight] of [
  [1, 16_000],
  [6, 10_000],
  [256, 1],
] as const) {
  await measure(`${clients} clients, ${inFlight.toLocaleString('en')} in flight each`, operations, () =>
    turnOver(clients, inFlight),
  )
}
