import { Latencies } from '../../../examples/bench/latencies.ts'
import { fastQuorumMs, leaderBased, longestRoundTripMs } from './geography.ts'
import type { Operation } from './operation.ts'
import { sites } from './sites.ts'
import type { WanRun } from './world.ts'

/** Median, 99th percentile and longest, ms. */
export interface Spread {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/** What the clients of one site saw. Times from the request reaching the site, ms. */
export interface SiteSummary {
  readonly site: string
  readonly operations: number
  /** The round trip to the nearest fast quorum, and the least that a leader-based protocol takes. */
  readonly fastQuorumMs: number
  readonly leaderMs: number
  /** Until it is decided; on the fast path one flush before it is committed. */
  readonly decided: Spread
  /** Until it is committed at its coordinator, durably. */
  readonly commit: Spread
  /** The median of that in round trips to the nearest fast quorum. */
  readonly commitRatio: number
  /** Until the answer leaves. */
  readonly execution: Spread
  /** Share of operations that went by the fast path, 0 to 1. */
  readonly fastShare: number
}

/** One share of conflicts, over several worlds. */
export interface PointSummary {
  readonly conflicts: number
  readonly flushMs: number
  readonly sites: readonly SiteSummary[]
  /** The means of the worlds. */
  readonly recoveries: number
  readonly nops: number
  readonly messagesPerOperation: number
}

/** What must hold: at most this many round trips to the nearest fast quorum, where at most this share conflicts ... */
const commitRatioMax = 1.05
const rareConflicts = 0.02
/** ... and at most this many of the longest round trips, where all do. */
const longestRoundTripsMax = 4

export function summarise(conflicts: number, flushMs: number, runs: readonly WanRun[]): PointSummary {
  const operations = runs.flatMap(run => run.operations)
  const mean = (of: (run: WanRun) => number) => runs.reduce((sum, run) => sum + of(run), 0) / runs.length
  return {
    conflicts,
    flushMs,
    sites: sites.map((_, rank) =>
      summaryOf(
        rank,
        operations.filter(operation => operation.rank === rank),
      ),
    ),
    recoveries: mean(run => run.recoveries),
    nops: mean(run => run.nops),
    messagesPerOperation: mean(run => run.messagesPerOperation),
  }
}

function summaryOf(rank: number, operations: readonly Operation[]): SiteSummary {
  const spread = (at: (operation: Operation) => number): Spread => {
    const latencies = Latencies.empty()
    for (const operation of operations) latencies.record(at(operation) - operation.arrivedMs)
    return { p50: latencies.at(50), p99: latencies.at(99), max: latencies.maxMs }
  }
  const commit = spread(({ committedMs }) => committedMs)
  return {
    site: sites[rank]!,
    operations: operations.length,
    fastQuorumMs: fastQuorumMs[rank]!,
    leaderMs: leaderBased.ms[rank]!,
    decided: spread(({ decidedMs }) => decidedMs),
    commit,
    commitRatio: commit.p50 / fastQuorumMs[rank]!,
    execution: spread(({ answeredMs }) => answeredMs),
    fastShare: operations.filter(({ isFast }) => isFast).length / operations.length,
  }
}

/** What does not hold of what must, in words; none where the point promises nothing. */
export function shortfalls({ conflicts, sites: all }: PointSummary): readonly string[] {
  const executionMsMax = longestRoundTripsMax * longestRoundTripMs
  return all.flatMap(({ site, commitRatio, execution }) => [
    ...(conflicts <= rareConflicts && commitRatio > commitRatioMax
      ? [
          `${site}: median commit ${commitRatio.toFixed(3)} round trips to the nearest fast quorum, at most ${commitRatioMax}`,
        ]
      : []),
    ...(conflicts === 1 && execution.p99 > executionMsMax
      ? [`${site}: execution p99 ${execution.p99.toFixed(0)} ms, at most ${executionMsMax}`]
      : []),
  ])
}
