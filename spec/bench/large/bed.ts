import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { RealCluster } from '../../cluster/real-cluster.ts'
import { residentBytes } from '../../cluster/soak/process-use.ts'
import { percentile } from '../../support/percentile.ts'
import { type BurstOrder, type Bursts, Bystander, type LargeLoad } from './load.ts'
import { SlowLink } from './slow-link.ts'

export interface LargeOptions extends LargeLoad {
  /** Of the client's link; undefined: loopback itself. */
  readonly bytesPerSecond: number | undefined
  /** Of each call. */
  readonly timeoutMs: number
}

export interface LargeReport extends Bursts {
  /** Largest resident memory of each replica, MiB. */
  readonly residentMib: readonly number[]
  /** Waits of other clients, one at each replica, ms. */
  readonly others: { readonly count: number; readonly p50Ms: number; readonly p99Ms: number; readonly maxMs: number }
  readonly otherErrors: readonly string[]
}

const mib = 1024 * 1024

/** Runs large commands through one client of a running cluster, and looks at what replicas and other clients feel. */
export async function measureLarge(cluster: RealCluster, options: LargeOptions): Promise<LargeReport> {
  const { bytesPerSecond, timeoutMs } = options
  const port = Number(new URL(cluster.endpoints[0]!).port)
  const link = bytesPerSecond === undefined ? undefined : await SlowLink.open(port, bytesPerSecond)
  const endpoints = link === undefined ? cluster.endpoints : [link.endpoint]
  const others = cluster.ids.map(id => new Bystander(cluster.connect(id), `other ${id}`))
  const resident = cluster.ids.map(() => 0)
  const look = (): void => {
    cluster.ids.forEach((id, at) => {
      resident[at] = Math.max(resident[at]!, residentBytes(cluster.pidOf(id)))
    })
  }
  const timer = setInterval(look, 50)
  try {
    await Promise.all(others.map(({ begun }) => begun))
    const { puts, gets, keys, bytes } = options
    const outcome = await runBursts({ endpoints, timeoutMs, puts, gets, keys, bytes })
    look()
    const waits = others.flatMap(({ waitsMs }) => waitsMs)
    return {
      ...outcome,
      residentMib: resident.map(bytes => Math.round(bytes / mib)),
      others: {
        count: waits.length,
        p50Ms: percentile(waits, 0.5),
        p99Ms: percentile(waits, 0.99),
        maxMs: percentile(waits, 1),
      },
      otherErrors: others.flatMap(({ errors }) => errors),
    }
  } finally {
    clearInterval(timer)
    await Promise.all(others.map(other => other.stop()))
    await link?.close()
  }
}

async function runBursts(order: BurstOrder): Promise<Bursts> {
  const script = fileURLToPath(new URL('burst.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, ['--import=tsx', script, JSON.stringify(order)])
  return JSON.parse(stdout) as Bursts
}
