import { connectKv } from '../../../examples/kv/connect.ts'
import type { RealCluster } from '../real-cluster.ts'

/** Links are dialled again within 3 s, recovery delays are at most 1 s: much later nothing may be in the way. */
const patienceMs = 60_000

/**
 * Writes and reads through every replica by itself, now that all is healed, and waits until all have executed the same.
 * @returns the digest of their state
 * @throws Error that says what did not come about
 */
export async function answersAndAgrees(cluster: RealCluster): Promise<string> {
  const clients = cluster.ids.map(id => ({
    id,
    kv: connectKv({ endpoints: [cluster.members.get(id)!], timeoutMs: patienceMs }),
  }))
  try {
    await Promise.all(
      clients.map(({ id, kv }) => told(`a write through replica ${id}`, kv.put(`healed${id}`, `${id}`))),
    )
    for (const { id, kv } of clients) {
      const read = await told(
        `reads through replica ${id}`,
        Promise.all(cluster.ids.map(writer => kv.get(`healed${writer}`))),
      )
      if (read.join() !== cluster.ids.join())
        throw new Error(`replica ${id} reads ${read.join()} after all was written`)
    }
  } finally {
    for (const { kv } of clients) kv.close()
  }
  return cluster.inStep()
}

const told = <T>(what: string, done: Promise<T>): Promise<T> =>
  done.catch(cause => {
    throw new Error(`${what}, after all was healed: ${cause.message}`, { cause })
  })
