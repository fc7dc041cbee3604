import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { defaultClientLimits } from '../../../../actors/client/limits.ts'
import { connectKv } from '../../../../examples/kv/connect.ts'
import { createRandom } from '../../../../examples/kv/workload/random.ts'
import { RealCluster } from '../../real-cluster.ts'
import { describeFault, kindOf } from '../fault-plan.ts'
import { answersAndAgrees } from '../healed.ts'
import { type Hit, inflictFaults } from '../inflict.ts'
import { countsOf } from '../trial.ts'
import { objectionsToCount } from './judge.ts'
import { CountLoad, counter } from './load.ts'

/** How far a run has come. */
export interface CountProgress {
  readonly seconds: number
  readonly faults: number
  readonly acknowledged: number
  readonly resentElsewhere: number
}

export interface CountTrialOptions {
  readonly replicas: number
  readonly clients: number
  /** So long a client sends an increment again, before it is unknown. */
  readonly timeoutMs: number
  /** Of the faults' draws. */
  readonly seed: number
  /** All replicas are killed at once too, not only one at a time. */
  readonly restartAll: boolean
  /** Where what the replicas printed is kept. */
  readonly folder: string
  /** The load and the faults go on until then. */
  readonly isEnough: (progress: CountProgress) => boolean
  readonly signal: AbortSignal
  /** A line for who watches. */
  readonly told: (line: string) => void
}

export interface CountReport {
  readonly seed: number
  readonly seconds: number
  readonly faults: Readonly<Record<string, number>>
  readonly acknowledged: number
  readonly unknown: number
  readonly refused: number
  /** The counter, read through every replica when all is healed. */
  readonly finals: readonly number[]
  readonly resends: number
  readonly resentElsewhere: number
  readonly longestWaitMs: number
  /** Why the run fails: empty when all is well. */
  readonly objections: readonly string[]
}

/** For reading what became of it, when all is healed. */
const readTimeoutMs = 20_000

/** Clients count on one key of a new cluster while its replicas are killed; then it is healed, and the counter is judged. */
export async function runCountTrial(options: CountTrialOptions): Promise<CountReport> {
  const { replicas, clients, timeoutMs, seed, restartAll, folder, isEnough, signal, told } = options
  const cluster = await RealCluster.create(replicas)
  const over = new AbortController()
  const objections: string[] = []
  try {
    await cluster.startAll('--bootstrap')
    const from = performance.now()
    const load = new CountLoad({ endpoints: cluster.endpoints, clients, timeoutMs })
    const { tally } = load
    const hits: Hit[] = []
    const hit = (it: Hit): void => {
      hits.push(it)
      told(describeFault(it.fault))
    }
    const kinds = restartAll ? (['kill', 'killAll'] as const) : (['kill'] as const)
    const inflicted = inflictFaults(cluster, createRandom(seed), kinds, over.signal, hit)
    inflicted.catch(() => over.abort())
    const secondsNow = (): number => (performance.now() - from) / 1_000
    const progress = (): CountProgress => ({
      seconds: secondsNow(),
      faults: hits.length,
      acknowledged: tally.sums.length,
      resentElsewhere: tally.resends.elsewhere,
    })
    while (!signal.aborted && !over.signal.aborted && !isEnough(progress())) await sleep(50)
    over.abort()
    await inflicted
    await load.end()
    const seconds = Math.round(secondsNow())
    signal.throwIfAborted()
    await answersAndAgrees(cluster)
    const finals = await countersOf(cluster)
    objections.push(...cluster.unexpectedEnds, ...objectionsToCount(tally, finals))
    // Who has little patience gives up before a replica is found silent.
    if (timeoutMs > 2 * defaultClientLimits.silenceMs && tally.resends.elsewhere === 0)
      objections.push('no command was sent again to another replica')
    return {
      seed,
      seconds,
      faults: countsOf(hits.map(({ fault }) => kindOf(fault))),
      acknowledged: tally.sums.length,
      unknown: tally.unknown,
      refused: tally.refused,
      finals,
      resends: tally.resends.all,
      resentElsewhere: tally.resends.elsewhere,
      longestWaitMs: tally.longestWaitMs,
      objections,
    }
  } finally {
    over.abort()
    writeFileSync(join(folder, `${seed}.replicas.log`), `${cluster.output}\n`)
    await cluster.dispose()
  }
}

async function countersOf(cluster: RealCluster): Promise<readonly number[]> {
  return Promise.all(
    cluster.endpoints.map(async endpoint => {
      const kv = connectKv({ endpoints: [endpoint], timeoutMs: readTimeoutMs })
      try {
        return Number((await kv.get(counter)) ?? 0)
      } finally {
        kv.close()
      }
    }),
  )
}
