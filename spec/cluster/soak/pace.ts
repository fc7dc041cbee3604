import type { RealCluster } from '../real-cluster.ts'
import type { Load } from './load.ts'
import { processorMs } from './process-use.ts'

/** How a stretch of the load went. */
export interface Stretch {
  /** Commands a second. */
  readonly throughput: number
  /**
   * Processor time of some replicas, in us a command; undefined where the system does not say. On a machine that others use
   * too it tells more than the clock.
   */
  readonly processorUs: number | undefined
}

/** Measures the load stretch by stretch. */
export class Pace {
  readonly #load: Load
  readonly #pids: readonly number[]
  #answered = 0
  #atMs = 0
  #usedMs = 0

  /** @param ids of the replicas whose processor time counts; they run until the end */
  constructor(load: Load, cluster: RealCluster, ids: readonly number[]) {
    this.#load = load
    this.#pids = ids.map(id => cluster.pidOf(id))
    this.next()
  }

  /** Ends a stretch, and begins the next. */
  next(): Stretch {
    const answered = this.#load.answered
    const atMs = performance.now()
    const usedMs = this.#pids.reduce((sum, pid) => sum + (processorMs(pid) ?? Number.NaN), 0)
    const commands = answered - this.#answered
    const processorUs = (1_000 * (usedMs - this.#usedMs)) / commands
    const stretch = {
      throughput: (1_000 * commands) / (atMs - this.#atMs),
      processorUs: Number.isFinite(processorUs) ? processorUs : undefined,
    }
    this.#answered = answered
    this.#atMs = atMs
    this.#usedMs = usedMs
    return stretch
  }
}
