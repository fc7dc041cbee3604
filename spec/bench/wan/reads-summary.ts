import { Latencies } from '../../../examples/bench/latencies.ts'
import { slowQuorumMs } from './geography.ts'
import type { Reading } from './reading.ts'
import { sites } from './sites.ts'
import type { Spread } from './summary.ts'

/** What the readers of one site saw. Times in ms. */
export interface SiteReads {
  readonly site: string
  readonly reads: number
  /** The round trip to the nearest n - f replicas. */
  readonly slowQuorumMs: number
  /** From the request reaching the site until n - f replicas have answered its round. */
  readonly round: Spread
  /** The longest of that in round trips to the nearest n - f. */
  readonly roundRatioMax: number
  /** From there until the answer leaves: the wait for writes that were under way. */
  readonly wait: Spread
  /** Both. */
  readonly whole: Spread
  /** Share of reads that wait for no write, 0 to 1. */
  readonly unhinderedShare: number
  /** Reads that were answered at another moment than when the round was answered, or a write under way was executed. */
  readonly unexplained: number
}

/** The reads at one share of conflicts. */
export interface ReadsSummary {
  readonly conflicts: number
  readonly sites: readonly SiteReads[]
}

/** What must hold of every read: at most so many round trips to the nearest n - f, beside its wait for writes. */
const roundRatioMax = 1.05

export const summariseReads = (conflicts: number, readings: readonly Reading[]): ReadsSummary => ({
  conflicts,
  sites: sites.map((site, rank) =>
    summaryOf(
      site,
      rank,
      readings.filter(reading => reading.rank === rank),
    ),
  ),
})

function summaryOf(site: string, rank: number, readings: readonly Reading[]): SiteReads {
  const spread = (of: (reading: Reading) => number): Spread => {
    const latencies = Latencies.empty()
    for (const reading of readings) latencies.record(of(reading))
    return { p50: latencies.at(50), p99: latencies.at(99), max: latencies.maxMs }
  }
  const round = ({ heardMs, arrivedMs }: Reading) => heardMs - arrivedMs
  return {
    site,
    reads: readings.length,
    slowQuorumMs: slowQuorumMs[rank]!,
    round: spread(round),
    roundRatioMax: Math.max(...readings.map(round)) / slowQuorumMs[rank]!,
    wait: spread(({ answeredMs, heardMs }) => answeredMs - heardMs),
    whole: spread(({ answeredMs, arrivedMs }) => answeredMs - arrivedMs),
    unhinderedShare: readings.filter(({ answeredMs, heardMs }) => answeredMs === heardMs).length / readings.length,
    unexplained: readings.filter(({ isExplained }) => !isExplained).length,
  }
}

/** What does not hold of what must, in words. */
export const readShortfalls = ({ sites: all }: ReadsSummary): readonly string[] =>
  all.flatMap(({ site, roundRatioMax: ratio, unexplained }) => [
    // A read that went as a command has no round, and a ratio that is no number.
    ...(ratio <= roundRatioMax
      ? []
      : [`${site}: a read took ${ratio.toFixed(3)} round trips to the nearest n - f, at most ${roundRatioMax}`]),
    ...(unexplained === 0 ? [] : [`${site}: ${unexplained} reads waited for no write that was under way`]),
  ])
