import type { ReplicaStatus } from '../../../../index.ts'
import { EpaxosError } from '../../../../machines/protocol/errors.ts'
import type { RealCluster } from '../../real-cluster.ts'
import { residentBytes } from '../process-use.ts'

/** What was seen of one replica while its load was judged. */
export interface ReplicaLook {
  readonly id: number
  /**
   * Delay of its event loop: the longest, of the windows of its status and of the stalls that it told, and the highest p99 of a
   * window. Undefined: no whole window was seen, and no stall.
   */
  readonly loop: { readonly longestMs: number; readonly p99Ms: number } | undefined
  readonly residentMax: number
  /** Status requests without an answer in time. */
  readonly silentLooks: number
}

export interface Looks {
  readonly replicas: readonly ReplicaLook[]
  /** Members that were suspected, or whose link was lost, though they ran: in words. */
  readonly suspicions: readonly string[]
  /** Stalls that replicas told, in words. */
  readonly stalls: readonly string[]
}

const intervalMs = 1_000
const patienceMs = 5_000

interface Seen {
  longestMs: number
  p99Ms: number
  windows: number
  residentMax: number
  silentLooks: number
  /** It is judged from here on: windows that reach farther back do not count. Undefined: it does not run. */
  fromMs: number | undefined
}

/** Looks at every replica once a second, at its status and at its memory as the system says, and reads what it tells. */
export class ReplicaWatch {
  readonly #cluster: RealCluster
  readonly #seen: ReadonlyMap<number, Seen>
  readonly #suspicions = new Set<string>()
  readonly #stalls: string[] = []
  readonly #timer: NodeJS.Timeout
  /** Members that are expected to be away, or behind: nobody is wrong to suspect them, and they may suspect others. */
  readonly #away = new Set<number>()
  #isPardoned = false
  /** Events read so far. */
  #read: number

  constructor(cluster: RealCluster) {
    this.#cluster = cluster
    this.#seen = new Map(
      cluster.ids.map(id => [
        id,
        { longestMs: 0, p99Ms: 0, windows: 0, residentMax: 0, silentLooks: 0, fromMs: performance.now() },
      ]),
    )
    this.#read = cluster.told.length
    this.#timer = setInterval(() => {
      for (const id of cluster.ids) if (cluster.isRunning(id)) this.#look(id).catch(() => undefined)
    }, intervalMs)
  }

  /** A member leaves: until it is in step nobody is wrong to suspect it. */
  away(id: number): void {
    this.#readEvents()
    this.#away.add(id)
    this.#seen.get(id)!.fromMs = undefined
  }

  /** It votes again, and its stalls count again. */
  votes(id: number): void {
    this.#readEvents()
    this.#seen.get(id)!.fromMs = performance.now()
  }

  inStep(id: number): void {
    this.#readEvents()
    this.#away.delete(id)
  }

  /** From here until `judge` nothing counts against the replicas but their memory. */
  pardon(): void {
    this.#readEvents()
    this.#isPardoned = true
  }

  judge(): void {
    this.#readEvents()
    this.#isPardoned = false
    for (const seen of this.#seen.values()) if (seen.fromMs !== undefined) seen.fromMs = performance.now()
  }

  end(): Looks {
    clearInterval(this.#timer)
    this.#readEvents()
    return {
      replicas: [...this.#seen].map(([id, { longestMs, p99Ms, windows, residentMax, silentLooks }]) => ({
        id,
        loop: windows === 0 && longestMs === 0 ? undefined : { longestMs, p99Ms },
        residentMax,
        silentLooks,
      })),
      suspicions: [...this.#suspicions],
      stalls: this.#stalls,
    }
  }

  #readEvents(): void {
    const { told } = this.#cluster
    for (; this.#read < told.length; this.#read++) {
      const { id, event } = told[this.#read]!
      const seen = this.#seen.get(id)!
      if (this.#isPardoned || seen.fromMs === undefined) continue
      const text = `replica ${id}, ${event.time}: ${event.text}`
      if (event.code === 'linkDown' && !this.#isAway(id, Number(event.peer))) this.#suspicions.add(text)
      if (event.code !== 'stalled') continue
      this.#stalls.push(text)
      seen.longestMs = Math.max(seen.longestMs, event.ms as number)
    }
  }

  async #look(id: number): Promise<void> {
    const seen = this.#seen.get(id)!
    seen.residentMax = Math.max(seen.residentMax, residentBytes(this.#cluster.pidOf(id)))
    const isJudged = () => !this.#isPardoned && seen.fromMs !== undefined
    const wasJudged = isJudged()
    try {
      const status = await this.#cluster.status(id, patienceMs)
      if (isJudged()) this.#take(id, seen, status)
    } catch (error) {
      if (!(error instanceof EpaxosError)) throw error
      if (wasJudged && isJudged()) seen.silentLooks++
    }
  }

  #take(id: number, seen: Seen, { links, runtime }: ReplicaStatus): void {
    for (const [peer, state] of Object.entries(links))
      if (state !== 'live' && !this.#isAway(id, Number(peer)))
        this.#suspicions.add(`replica ${id}: member ${peer} is ${state}`)
    if (runtime === undefined || performance.now() - runtime.windowMs < seen.fromMs!) return
    seen.windows++
    seen.longestMs = Math.max(seen.longestMs, runtime.eventLoopDelay.maxMs)
    seen.p99Ms = Math.max(seen.p99Ms, runtime.eventLoopDelay.p99Ms)
  }

  #isAway(id: number, peer: number): boolean {
    return this.#away.has(id) || this.#away.has(peer)
  }
}
