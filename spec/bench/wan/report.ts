import { table } from '../../../examples/cli/table.ts'
import { leaderBased, longestRoundTripMs } from './geography.ts'
import type { ReadsSummary } from './reads-summary.ts'
import { roundTrips, sites } from './sites.ts'
import type { PointSummary, SiteSummary } from './summary.ts'

const ms = (value: number): string => value.toFixed(1)

const header = [
  'site',
  'operations',
  'fast quorum',
  'leader',
  'commit p50',
  'ratio',
  'p99',
  'without flushes p50',
  'ratio',
  'execution p50',
  'p99',
  'max',
  'fast path',
]

/** What is measured against, and of what. */
export function preamble(): string {
  const pairs = roundTrips.map(([a, b, rtt]) => `${a}-${b} ${rtt}`).join(', ')
  return `Round trips, ms: ${pairs}. Longest: ${longestRoundTripMs}. Best leader: ${sites[leaderBased.leader]}.`
}

/**
 * One point as text.
 * @param bare the same point with flushes that take no time
 * @param objections what does not hold of what must
 */
export function asText(point: PointSummary, bare: PointSummary, objections: readonly string[]): string {
  const rows = point.sites.map((site, rank) => rowOf(site, bare.sites[rank]!))
  return [
    `conflicts ${point.conflicts * 100} %, a flush ${point.flushMs} ms; ${ms(point.messagesPerOperation)} messages an operation, ` +
      `recoveries ${ms(point.recoveries)}, Nops ${ms(point.nops)}`,
    table([header, ...rows]),
    ...objections.map(each => `BEYOND ITS BOUND: ${each}`),
  ].join('\n')
}

function rowOf(site: SiteSummary, bare: SiteSummary): readonly string[] {
  return [
    site.site,
    String(site.operations),
    String(site.fastQuorumMs),
    String(site.leaderMs),
    ms(site.commit.p50),
    site.commitRatio.toFixed(3),
    ms(site.commit.p99),
    ms(bare.commit.p50),
    bare.commitRatio.toFixed(3),
    ms(site.execution.p50),
    ms(site.execution.p99),
    ms(site.execution.max),
    `${(100 * site.fastShare).toFixed(1)} %`,
  ]
}

const readsHeader = [
  'site',
  'reads',
  'nearest n - f',
  'round p50',
  'max',
  'ratio max',
  'without a wait',
  'wait p50',
  'p99',
  'whole p50',
  'p99',
]

/** The reads of one point as text. */
export function readsAsText({ conflicts, sites: all }: ReadsSummary, objections: readonly string[]): string {
  const rows = all.map(site => [
    site.site,
    String(site.reads),
    String(site.slowQuorumMs),
    ms(site.round.p50),
    ms(site.round.max),
    site.roundRatioMax.toFixed(3),
    `${(100 * site.unhinderedShare).toFixed(1)} %`,
    ms(site.wait.p50),
    ms(site.wait.p99),
    ms(site.whole.p50),
    ms(site.whole.p99),
  ])
  return [
    `reads by quorum of the shared key, conflicts ${conflicts * 100} %`,
    table([readsHeader, ...rows]),
    ...objections.map(each => `BEYOND ITS BOUND: ${each}`),
  ].join('\n')
}
