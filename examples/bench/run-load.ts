import { setTimeout as sleep } from 'node:timers/promises'
import { EpaxosError } from '../../index.ts'
import { createRandom } from '../kv/workload/random.ts'
import { closedLoop } from './closed-loop.ts'
import { poissonGaps } from './draws.ts'
import type { LoadPlan } from './load-plan.ts'
import type { Loop } from './loop.ts'
import { openLoop } from './open-loop.ts'
import { operationsOf } from './operations.ts'
import { usageOf, usedBetween } from './process-usage.ts'
import { Recorder } from './recorder.ts'
import { answerTimeoutMs, type Target } from './target.ts'

/** What one run came to. Plain data; histograms as `Latencies.decode` reads them. */
export interface LoadResult {
  /** The window. */
  readonly seconds: number
  /** In the window. */
  readonly answered: number
  /** In the whole run, by code. */
  readonly failures: Readonly<Record<string, number>>
  /** In open loop from the time at which each was due; in closed loop from sending. */
  readonly latencies: string
  /** In open loop from sending. */
  readonly served: string
  /** Processor time in the window, of the load generator and of all servers together (undefined: not on this machine). */
  readonly clientCpuUs: number
  readonly serverCpuUs: number | undefined
  /** Time in which threads of the servers could have run and waited for a core. */
  readonly serverWaitUs: number | undefined
  /** Share of the window in which the load generator's event loop had work: near 1, it is the bottleneck. */
  readonly clientBusy: number
  /** Resident at the end of the window, of each server. */
  readonly serverRssBytes: readonly number[]
}

/** Arrivals are drawn apart from the operations: the same operations at every rate. */
const arrivalSeed = 0x5bd1e995

/** A client that gives up by itself does so in time. */
const graceMs = 5_000

function loopOf(
  { pace, seed }: LoadPlan,
  target: Target,
  operations: ReturnType<typeof operationsOf>,
  recorder: Recorder,
): Loop {
  const next = (client: number) => operations.next(client)
  if (pace.kind === 'closed') return closedLoop(pace.inFlight, target, next, recorder)
  const gap = poissonGaps(pace.ratePerSecond / 1_000, createRandom(seed ^ arrivalSeed))
  return openLoop(gap, pace.inFlightMax, target, next, recorder)
}

/** Waits for what is in flight, as long as an answer may take. */
async function settled(loop: Loop): Promise<void> {
  const patience = new AbortController()
  const late = sleep(answerTimeoutMs + graceMs, 'late' as const, { signal: patience.signal })
  try {
    const first = await Promise.race([loop.stop(), late])
    if (first === 'late')
      throw new EpaxosError('unavailable', `operations are not answered after ${answerTimeoutMs} ms`)
  } finally {
    patience.abort()
    late.catch(() => {})
  }
}

/**
 * Warms up, measures in a window, and waits for what is in flight then.
 * @param servers their process ids, for what they use
 */
export async function runLoad(plan: LoadPlan, target: Target, servers: readonly number[]): Promise<LoadResult> {
  const recorder = new Recorder()
  const loop = loopOf(plan, target, operationsOf(plan), recorder)
  loop.start()
  await sleep(plan.warmUpMs)

  const usageBefore = servers.map(usageOf)
  const cpuBefore = process.cpuUsage()
  const busyBefore = performance.eventLoopUtilization()
  const fromMs = performance.now()
  recorder.isOpen = true
  await sleep(plan.measureMs)
  recorder.isOpen = false
  const seconds = (performance.now() - fromMs) / 1_000
  const cpu = process.cpuUsage(cpuBefore)
  const busy = performance.eventLoopUtilization(busyBefore)
  const usageAfter = servers.map(usageOf)

  await settled(loop)
  return {
    seconds,
    answered: recorder.answered,
    failures: Object.fromEntries(recorder.failures),
    latencies: recorder.latencies.encoded,
    served: recorder.served.encoded,
    clientCpuUs: cpu.user + cpu.system,
    serverCpuUs: usedBetween('cpuUs', usageBefore, usageAfter),
    serverWaitUs: usedBetween('waitUs', usageBefore, usageAfter),
    clientBusy: busy.utilization,
    serverRssBytes: usageAfter.flatMap(usage => usage?.rssBytes ?? []),
  }
}
