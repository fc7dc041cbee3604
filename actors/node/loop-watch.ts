import { type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks'
import type { LoopDelay } from '../shared/stalls.ts'

export interface LoopWatchOptions {
  /** Delays from so long on are told. */
  readonly stallMs: number
  /** Time by the clock of the replica. */
  now(): number
  stalled(delay: LoopDelay): void
}

/** A timer is looked at so many times in the shortest time that is told: what is missed is a share of it. */
const looksPerStall = 4
const lookMsMin = 5
const usPerMs = 1_000
/** Pauses that are remembered. */
const pausesMax = 64

/**
 * Watches the event loop of this process by a timer that comes late when the loop does, and tells each delay with what the
 * runtime knows of it: garbage that was collected, and processor time.
 */
export class LoopWatch {
  readonly #options: LoopWatchOptions
  readonly #lookMs: number
  readonly #timer: NodeJS.Timeout
  readonly #observer: PerformanceObserver
  readonly #pauses: { readonly fromMs: number; readonly toMs: number }[] = []
  #lastMs: number
  #lastCpuUs: number
  /** A delay that is told at the next look, when the pauses in it are known. */
  #pending: Omit<LoopDelay, 'collectedMs'> | undefined

  constructor(options: LoopWatchOptions) {
    this.#options = options
    this.#lookMs = Math.max(lookMsMin, options.stallMs / looksPerStall)
    this.#lastMs = options.now()
    this.#lastCpuUs = cpuUs()
    this.#observer = new PerformanceObserver(list => this.#collected(list.getEntries()))
    this.#observer.observe({ entryTypes: ['gc'] })
    this.#timer = setInterval(() => this.#look(), this.#lookMs).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#observer.disconnect()
  }

  #look(): void {
    const nowMs = this.#options.now()
    const usedUs = cpuUs()
    this.#tell()
    const lateMs = nowMs - this.#lastMs - this.#lookMs
    if (lateMs >= this.#options.stallMs) {
      const processorMs = (usedUs - this.#lastCpuUs) / usPerMs
      this.#pending = { fromMs: nowMs - lateMs, ms: lateMs, processorMs }
    }
    this.#lastMs = nowMs
    this.#lastCpuUs = usedUs
  }

  #tell(): void {
    if (this.#pending === undefined) return
    const { fromMs, ms } = this.#pending
    let collectedMs = 0
    for (const pause of this.#pauses)
      collectedMs += Math.max(0, Math.min(fromMs + ms, pause.toMs) - Math.max(fromMs, pause.fromMs))
    this.#options.stalled({ ...this.#pending, collectedMs })
    this.#pending = undefined
  }

  #collected(entries: readonly PerformanceEntry[]): void {
    // The entries are by another clock than the replica's, perhaps.
    const offsetMs = this.#options.now() - performance.now()
    for (const { startTime, duration } of entries)
      this.#pauses.push({ fromMs: startTime + offsetMs, toMs: startTime + duration + offsetMs })
    if (this.#pauses.length > pausesMax) this.#pauses.splice(0, this.#pauses.length - pausesMax)
  }
}

const cpuUs = (): number => {
  const { user, system } = process.cpuUsage()
  return user + system
}
