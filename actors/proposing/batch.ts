import { type Command, type Footprint, unionFootprint } from '../../machines/protocol/commands.ts'
import type { Bundle, Parcel, Proposal } from '../execution/parcel.ts'

/** What becomes one instance. */
export interface Batch {
  readonly command: Command
  readonly parcels: readonly Parcel[]
  /** Keys of its bundles. */
  readonly bundleKeys: readonly string[]
}

/** How many client commands a batch carries. */
export const commandsOf = ({ parcels }: Batch): number =>
  parcels.reduce((sum, { proposals }) => sum + proposals.length, 0)

/** Puts these together, in their order. */
export function batchOf(proposals: readonly Proposal[]): Batch {
  const parcels: Parcel[] = []
  const touched: Footprint[] = []
  const sessions = new Set<string>()
  for (let from = 0; from < proposals.length; ) {
    const { bundle } = proposals[from]!
    const to = endOfRun(proposals, from, bundle)
    const together = from === 0 && to === proposals.length ? proposals : proposals.slice(from, to)
    parcels.push(bundle.parcel(together))
    if (bundle.key !== undefined) sessions.add(bundle.key)
    from = to
  }
  for (const { footprint } of proposals) touched.push(footprint)
  const bundleKeys = [...sessions]
  if (bundleKeys.length > 0) touched.push({ reads: [], writes: bundleKeys })
  return {
    bundleKeys,
    command: { footprint: unionFootprint(touched), payloads: inOneArray(parcels.map(({ payload }) => payload)) },
    parcels,
  }
}

function endOfRun(proposals: readonly Proposal[], from: number, bundle: Bundle): number {
  let to = from + 1
  while (to < proposals.length && proposals[to]!.bundle === bundle) to++
  return to
}

/** The same bytes end to end: as arrays of their own they would take several times the room, for as long as the record is kept. */
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
