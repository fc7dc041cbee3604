import { setTimeout as sleep } from 'node:timers/promises'
import { EpaxosError } from '../../../machines/protocol/errors.ts'
import type { RealCluster } from '../real-cluster.ts'

const intervalMs = 200
/** A replica that is stopped does not answer: it is asked again. */
const patienceMs = 1_000

/** Asks every replica for its status, again and again: do the replicas notice what is done to them? */
export class Suspicions {
  readonly #stop = new AbortController()
  readonly #ended: Promise<unknown>
  #count = 0

  constructor(cluster: RealCluster) {
    this.#ended = Promise.all(cluster.ids.map(id => this.#watch(cluster, id)))
  }

  /** How often a replica was seen to suspect another, anew. */
  get count(): number {
    return this.#count
  }

  async end(): Promise<void> {
    this.#stop.abort()
    await this.#ended
  }

  async #watch(cluster: RealCluster, id: number): Promise<void> {
    let before: readonly string[] = []
    while (!this.#stop.signal.aborted) {
      try {
        const { links } = await cluster.status(id, patienceMs)
        const now = Object.keys(links).filter(peer => links[peer] === 'suspected')
        this.#count += now.filter(peer => !before.includes(peer)).length
        before = now
      } catch (error) {
        if (!(error instanceof EpaxosError && error.code === 'unavailable')) throw error
      }
      await sleep(intervalMs)
    }
  }
}
