import { connectKv } from '../../../../examples/kv/connect.ts'
import type { ReplicaStatus } from '../../../../index.ts'
import { eventually, type RealCluster } from '../../real-cluster.ts'
import { keyOf } from './load.ts'
import type { Equality } from './measures.ts'

/** A large state takes its time: how long, is what is measured. */
const patienceMs = 600_000
const readTimeoutMs = 30_000
/** Keys read from the state of every replica. */
const keysRead = 1_000
/** A comparison is proposed every minute. */
const comparisonPatienceMs = 180_000

/**
 * Whether the replicas are equal: they say so by a digest, or (where the state is too large for one in the status) by a
 * comparison that was made after the load; and every so many keys have the same value everywhere.
 */
export async function equalityOf(cluster: RealCluster, keys: number): Promise<Equality> {
  const differences: string[] = []
  const statuses = await settled(cluster)
  const digests = statuses.map(({ digest }) => digest)
  const by = digests.includes(undefined) ? 'comparison' : 'digest'
  if (by === 'digest' ? new Set(digests).size > 1 : !(await areComparedEqual(cluster)))
    differences.push(`the digests of their states, by ${by}`)
  const step = Math.max(1, Math.floor(keys / keysRead))
  const read = await Promise.all(cluster.ids.map(id => valuesOf(cluster, id, keys, step)))
  for (let at = 0; at * step < keys; at++)
    if (new Set(read.map(values => values[at])).size > 1) differences.push(keyOf(at * step))
  return { by, keysRead: read[0]!.length, differences }
}

/** Waits until all have executed the same, and nothing is under way. */
export const settled = (cluster: RealCluster): Promise<readonly ReplicaStatus[]> =>
  eventually(
    'all replicas in step',
    async () => {
      const all = await Promise.all(cluster.ids.map(id => cluster.status(id)))
      const prefixes = new Set(all.map(({ executedPrefix }) => executedPrefix.join()))
      const isQuiet = all.every(each => each.caughtUp && each.uncommitted === 0 && each.pending === 0)
      return isQuiet && prefixes.size === 1 ? all : undefined
    },
    patienceMs,
  )

/** Resolves at the first comparison from now on that all have made. */
async function areComparedEqual(cluster: RealCluster): Promise<boolean> {
  const points = async () => (await Promise.all(cluster.ids.map(id => cluster.status(id)))).map(each => each.compared)
  const before = new Set((await points()).map(each => each?.point))
  return await eventually(
    'a comparison of the states',
    async () => {
      const all = await points()
      const [first] = all
      if (first === undefined || before.has(first.point) || all.some(each => each?.point !== first.point))
        return undefined
      return all.every(each => each?.digest === first.digest)
    },
    comparisonPatienceMs,
  )
}

/** Stale reads: from the state of this replica alone. */
async function valuesOf(
  cluster: RealCluster,
  id: number,
  keys: number,
  step: number,
): Promise<readonly (string | null)[]> {
  const client = connectKv({ endpoints: [cluster.members.get(id)!], timeoutMs: readTimeoutMs })
  try {
    const numbers = Array.from({ length: Math.ceil(keys / step) }, (_, at) => at * step)
    return await Promise.all(numbers.map(number => client.get(keyOf(number), { stale: true })))
  } finally {
    client.close()
  }
}
