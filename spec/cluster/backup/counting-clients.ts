import type { KvClient } from '../../../examples/kv/client.ts'
import { createRandom } from '../../../examples/kv/workload/random.ts'
import type { RealCluster } from '../real-cluster.ts'
import type { Increment } from './cut.ts'

const keys = 5

/** Clients of all replicas that count on a few keys, and what they were answered. */
export class CountingClients {
  readonly increments: Increment[] = []
  readonly #counting: Promise<unknown>
  #isOver = false

  constructor(cluster: RealCluster, clients: number) {
    this.#counting = Promise.all(
      Array.from({ length: clients }, async (_, at) => {
        const client = cluster.connect(cluster.ids[at % cluster.ids.length])
        const random = createRandom(at)
        try {
          while (!this.#isOver) await this.#count(client, `k${Math.floor(random() * keys)}`)
        } finally {
          client.close()
        }
      }),
    )
    // Who ends the load hears of it.
    this.#counting.catch(() => {})
  }

  async end(): Promise<void> {
    this.#isOver = true
    await this.#counting
  }

  async #count(client: KvClient, key: string): Promise<void> {
    const start = performance.now()
    const sum = await client.incr(key)
    this.increments.push({ key, sum, start, end: performance.now() })
  }
}
