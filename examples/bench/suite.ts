import type { Cluster } from './cluster.ts'
import type { LoadPlan } from './load-plan.ts'
import type { LoadProcess } from './load-process.ts'
import type { LoadResult } from './run-load.ts'
import type { Connections } from './target.ts'

/** A cluster and the process that loads it. */
export interface Contender {
  readonly name: string
  readonly cluster: Cluster
  readonly load: LoadProcess
}

/** One run of one contender at one point. Rounds count from 1. */
export interface Run {
  readonly contender: string
  readonly point: number
  readonly round: number
  readonly result: LoadResult
}

export interface SuiteOptions {
  readonly contenders: readonly Contender[]
  /** The points of load. */
  readonly plans: readonly LoadPlan[]
  readonly rounds: number
  readonly connections: Connections
  readonly signal: AbortSignal
  readonly done: (run: Run) => void
}

/**
 * Runs every point with every contender in turn (A B A B), and that round after round: what the machine does meanwhile
 * meets all of them alike, points too.
 */
export async function runSuite({ contenders, plans, rounds, connections, signal, done }: SuiteOptions): Promise<void> {
  for (let round = 1; round <= rounds; round++) {
    for (const [point, plan] of plans.entries()) {
      for (const { name, cluster, load } of contenders) {
        signal.throwIfAborted()
        const { address, pids: servers } = cluster
        const request = { plan: { ...plan, seed: plan.seed + round }, address, connections, servers }
        done({ contender: name, point, round, result: await load.run(request, signal) })
      }
    }
  }
}
