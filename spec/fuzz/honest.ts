import { setTimeout as sleep } from 'node:timers/promises'
import type { KvClient } from '../../examples/kv/client.ts'
import { connectKv } from '../../examples/kv/connect.ts'
import { percentile } from '../support/percentile.ts'

/** How clients that mean well fared in one phase of a run. */
export interface Fare {
  readonly answered: number
  readonly failed: readonly string[]
  readonly p50Ms: number
  readonly p99Ms: number
  readonly longestMs: number
}

const clientsPerReplica = 2
const keysPerClient = 4
/** They are people with little to do: their own load is not what makes answers late. */
const thinkMs = 20
const timeoutMs = 30_000

/** Clients that put and get keys of their own, and know what they must read. */
export class HonestClients {
  readonly #clients: KvClient[] = []
  readonly #running: Promise<void>[] = []
  #latencies: number[] = []
  #failed: string[] = []
  #isOver = false

  constructor(endpoints: readonly string[]) {
    for (const [at, endpoint] of endpoints.entries())
      for (let count = 0; count < clientsPerReplica; count++) {
        const others = endpoints.filter(each => each !== endpoint)
        const client = connectKv({ endpoints: [endpoint, ...others], timeoutMs })
        this.#clients.push(client)
        this.#running.push(this.#run(client, `honest.${at}.${count}`))
      }
  }

  /** What was measured since the last time that this was asked. */
  fare(): Fare {
    const latencies = this.#latencies
    const failed = this.#failed
    this.#latencies = []
    this.#failed = []
    const at = (share: number) => rounded(percentile(latencies, share))
    return { answered: latencies.length, failed, p50Ms: at(0.5), p99Ms: at(0.99), longestMs: at(1) }
  }

  async end(): Promise<void> {
    this.#isOver = true
    await Promise.all(this.#running)
    for (const client of this.#clients) client.close()
  }

  async #run(client: KvClient, name: string): Promise<void> {
    const written = new Map<string, string>()
    for (let count = 0; !this.#isOver; count++) {
      const key = `${name}.${count % keysPerClient}`
      const from = performance.now()
      try {
        if (count % 2 === 0) {
          // An outcome that is not known must not be expected.
          written.delete(key)
          await client.put(key, `${count}`)
          written.set(key, `${count}`)
        } else await this.#read(client, `${name}.${(count - 1) % keysPerClient}`, written)
        this.#latencies.push(performance.now() - from)
      } catch (error) {
        if (!this.#isOver) this.#failed.push(`${key}: ${error instanceof Error ? error.message : error}`)
      }
      await sleep(thinkMs)
    }
  }

  async #read(client: KvClient, key: string, written: ReadonlyMap<string, string>): Promise<void> {
    const expected = written.get(key)
    const found = await client.get(key)
    if (expected !== undefined && found !== expected)
      throw new Error(`'${expected}' was acknowledged, and '${found}' read`)
  }
}

const rounded = (ms: number): number => Math.round(ms * 10) / 10
