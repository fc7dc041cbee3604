import { Latencies } from './latencies.ts'
import type { LoadPlan } from './load-plan.ts'
import type { LoadResult } from './run-load.ts'
import type { Run } from './suite.ts'

/** What one run says, in the units of the report. */
export interface Figures {
  /** Answered operations a second. */
  readonly throughput: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  readonly p999: number
  readonly max: number
  /** Open loop: the median and p99 from sending, without the wait to be sent; undefined in closed loop. */
  readonly servedP50: number | undefined
  readonly servedP99: number | undefined
  /** Processor time an operation: of all servers together, and of the load generator. */
  readonly serverUs: number | undefined
  /** Time an operation in which threads of the servers could have run and waited for a core. */
  readonly waitUs: number | undefined
  readonly clientUs: number
  /** Share of the time in which the load generator's event loop had work. */
  readonly clientBusy: number
  /** MiB resident, of the largest server. */
  readonly rssMib: number | undefined
  readonly failures: number
}

/** Medians over the rounds of one contender at one point. */
export interface Row {
  readonly contender: string
  readonly plan: LoadPlan
  readonly rounds: readonly Figures[]
  readonly medians: Figures
  /** Of all rounds together, encoded. */
  readonly latencies: string
}

/** What the first contender does as a multiple of what another does, at one point: medians of the ratios of the rounds. */
export interface Ratio {
  readonly point: number
  readonly to: string
  readonly throughput: number
  readonly p50: number
  readonly p99: number
}

const mib = 1_024 * 1_024

/** Of an even number of values the mean of the two in the middle. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

export function figuresOf(result: LoadResult): Figures {
  const latencies = Latencies.decode(result.latencies)
  const served = Latencies.decode(result.served)
  const isOpen = served.count > 0
  const each = (us: number) => us / Math.max(1, result.answered)
  const rss = result.serverRssBytes
  return {
    throughput: result.answered / result.seconds,
    p50: latencies.at(50),
    p99: latencies.at(99),
    p999: latencies.at(99.9),
    max: latencies.maxMs,
    servedP50: isOpen ? served.at(50) : undefined,
    servedP99: isOpen ? served.at(99) : undefined,
    serverUs: result.serverCpuUs === undefined ? undefined : each(result.serverCpuUs),
    waitUs: result.serverWaitUs === undefined ? undefined : each(result.serverWaitUs),
    clientUs: each(result.clientCpuUs),
    clientBusy: result.clientBusy,
    rssMib: rss.length === 0 ? undefined : Math.max(...rss) / mib,
    failures: Object.values(result.failures).reduce((sum, count) => sum + count, 0),
  }
}

function medians(rounds: readonly Figures[]): Figures {
  const of = (pick: (figures: Figures) => number) => median(rounds.map(pick))
  const ofSome = (pick: (figures: Figures) => number | undefined) => {
    const known = rounds.map(pick).filter(value => value !== undefined)
    return known.length === 0 ? undefined : median(known)
  }
  return {
    throughput: of(({ throughput }) => throughput),
    p50: of(({ p50 }) => p50),
    p99: of(({ p99 }) => p99),
    p999: of(({ p999 }) => p999),
    max: of(({ max }) => max),
    servedP50: ofSome(({ servedP50 }) => servedP50),
    servedP99: ofSome(({ servedP99 }) => servedP99),
    serverUs: ofSome(({ serverUs }) => serverUs),
    waitUs: ofSome(({ waitUs }) => waitUs),
    clientUs: of(({ clientUs }) => clientUs),
    clientBusy: of(({ clientBusy }) => clientBusy),
    rssMib: ofSome(({ rssMib }) => rssMib),
    failures: rounds.reduce((sum, { failures }) => sum + failures, 0),
  }
}

/** One row for each contender at each point that was run, point by point. */
export function rowsOf(
  plans: readonly LoadPlan[],
  contenders: readonly string[],
  runs: readonly Run[],
): readonly Row[] {
  return plans.flatMap((plan, point) =>
    contenders.flatMap(contender => {
      const own = runs.filter(run => run.point === point && run.contender === contender)
      if (own.length === 0) return []
      const rounds = own.map(run => figuresOf(run.result))
      const all = Latencies.merged(own.map(run => Latencies.decode(run.result.latencies)))
      return [{ contender, plan, rounds, medians: medians(rounds), latencies: all.encoded }]
    }),
  )
}

/** Of rounds in which both were run. */
export function ratiosOf(
  plans: readonly LoadPlan[],
  contenders: readonly string[],
  runs: readonly Run[],
): readonly Ratio[] {
  const [first, ...others] = contenders
  return plans.flatMap((_, point) =>
    others.flatMap(to => {
      const at = (name: string | undefined, round: number) =>
        runs.find(run => run.contender === name && run.point === point && run.round === round)
      const pairs = runs
        .filter(run => run.contender === first && run.point === point)
        .flatMap(run => {
          const other = at(to, run.round)
          return other === undefined ? [] : [[figuresOf(run.result), figuresOf(other.result)] as const]
        })
      if (pairs.length === 0) return []
      const ratio = (pick: (figures: Figures) => number) => median(pairs.map(([own, other]) => pick(own) / pick(other)))
      return [
        {
          point,
          to,
          throughput: ratio(({ throughput }) => throughput),
          p50: ratio(({ p50 }) => p50),
          p99: ratio(({ p99 }) => p99),
        },
      ]
    }),
  )
}
