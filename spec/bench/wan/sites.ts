/** Where the replicas are, by rank: Virginia, California, Oregon, Japan, Ireland. */
export const sites = ['VA', 'CA', 'OR', 'JP', 'EU'] as const
export type Site = (typeof sites)[number]

/**
 * Round trips, ms. Seven are those of EC2 regions that the comparison is asked for with; VA-OR, VA-JP and OR-EU are chosen here:
 * about what they were at the time. Shorter is harder, for flushes weigh more: VA-OR stands below VA-CA, OR-EU below CA-EU.
 */
export const roundTrips: readonly (readonly [a: Site, b: Site, ms: number])[] = [
  ['VA', 'CA', 85],
  ['VA', 'OR', 80],
  ['VA', 'JP', 180],
  ['VA', 'EU', 90],
  ['CA', 'OR', 21],
  ['CA', 'JP', 118],
  ['CA', 'EU', 156],
  ['OR', 'JP', 127],
  ['OR', 'EU', 150],
  ['JP', 'EU', 278],
]

/** Between two sites, by rank, ms; 0 within one. */
export function roundTripMs(a: number, b: number): number {
  if (a === b) return 0
  const found = roundTrips.find(
    ([one, other]) => (one === sites[a] && other === sites[b]) || (one === sites[b] && other === sites[a]),
  )
  if (found === undefined) throw new RangeError(`no round trip from site ${a} to site ${b}`)
  return found[2]
}
