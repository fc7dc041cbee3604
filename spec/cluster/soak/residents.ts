import type { RealCluster } from '../real-cluster.ts'
import { residentBytes } from './process-use.ts'

const intervalMs = 250

/** Watches the resident memory of replicas: a collector lets it swing, so that one look says little. */
export class Residents {
  readonly #samples: ReadonlyMap<number, number[]>
  readonly #timer: NodeJS.Timeout

  constructor(cluster: RealCluster, ids: readonly number[]) {
    this.#samples = new Map(ids.map(id => [id, []]))
    this.#timer = setInterval(() => {
      for (const [id, samples] of this.#samples) samples.push(residentBytes(cluster.pidOf(id)))
    }, intervalMs)
  }

  /** The median of the last fifth of what was seen since the last call, in bytes, in the order of the ids. */
  next(): readonly number[] {
    return [...this.#samples.values()].map(samples => {
      const last = lastFifth(samples.splice(0))
      return last.sort((a, b) => a - b)[last.length >> 1] ?? 0
    })
  }

  end(): void {
    clearInterval(this.#timer)
  }
}

const lastFifth = <T>(items: readonly T[]): T[] => items.slice(-Math.ceil(items.length / 5))
