import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../../machines/protocol/clock.ts'
import type { RealCluster } from '../real-cluster.ts'
import { drawFault, type Fault } from './fault-plan.ts'

/** A fault that was inflicted: times are nanoseconds of `process.hrtime`, as in a history. */
export interface Hit {
  readonly fault: Fault
  readonly atNs: bigint
  /** When it was healed: a killed replica is ready again. */
  readonly endNs: bigint
}

/**
 * Inflicts one fault after another until the signal is given; nothing is left broken then.
 * @throws RefusedError when a killed replica does not come back
 */
export async function inflictFaults(
  cluster: RealCluster,
  random: Random,
  kinds: readonly Fault['kind'][],
  signal: AbortSignal,
  told: (hit: Hit) => void,
): Promise<void> {
  while (!signal.aborted) {
    const fault = drawFault(random, kinds, cluster.ids)
    await pause(fault.calmMs, signal)
    if (signal.aborted) return
    const atNs = process.hrtime.bigint()
    await inflict(cluster, fault, signal)
    told({ fault, atNs, endNs: process.hrtime.bigint() })
  }
}

/** Breaks it, waits, and heals it, early when the signal is given. */
export async function inflict(cluster: RealCluster, fault: Fault, signal: AbortSignal): Promise<void> {
  if (fault.kind === 'kill') {
    await cluster.kill(fault.replica)
    await pause(fault.forMs, signal)
    await cluster.start(fault.replica)
  } else if (fault.kind === 'killAll') {
    await Promise.all(cluster.ids.map(id => cluster.kill(id)))
    await pause(fault.forMs, signal)
    await cluster.startAll()
  } else if (fault.kind === 'freeze') {
    process.kill(cluster.pidOf(fault.replica), 'SIGSTOP')
    await pause(fault.forMs, signal)
    process.kill(cluster.pidOf(fault.replica), 'SIGCONT')
  } else {
    const { links } = cluster
    if (links === undefined) throw new Error('the links of this cluster cannot be cut')
    for (const way of fault.ways) links.cut(way, fault.style)
    await pause(fault.forMs, signal)
    for (const way of fault.ways) links.heal(way)
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(error => {
    if (!signal.aborted) throw error
  })
}
