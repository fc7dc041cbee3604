import { build, type Histogram } from 'hdr-histogram-js'

export interface LatencySummary {
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly p999: number
  readonly max: number
}

/** What a workload comes to. */
export interface WorkloadSummary {
  readonly seconds: number
  readonly ok: number
  readonly unknown: number
  readonly fail: number
  /** Answered operations a second. */
  readonly throughput: number
  /** Milliseconds, of answered operations. */
  readonly latencyMs: LatencySummary
  /** Milliseconds: the longest wait of a client whose endpoint stayed the same, and of one that had to change it. */
  readonly longestMs: { readonly stayed: number; readonly moved: number }
  /** Operations without an answer, by the code of their error. */
  readonly errors: Readonly<Record<string, number>>
}

const nsPerUs = 1_000
const longestUs = 600_000_000

/** Counts and latencies of one run. */
export class Measures {
  readonly #histogram: Histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: longestUs,
    numberOfSignificantValueDigits: 3,
  })
  readonly #errors = new Map<string, number>()
  #ok = 0
  #unknown = 0
  #fail = 0
  #stayedUs = 0
  #movedUs = 0

  get ok(): number {
    return this.#ok
  }
  get unknown(): number {
    return this.#unknown
  }
  get fail(): number {
    return this.#fail
  }

  /** @param moved the client's endpoint changed while it waited */
  answered(latencyNs: bigint, moved: boolean): void {
    const us = Math.min(longestUs, Math.max(1, Math.round(Number(latencyNs) / nsPerUs)))
    this.#histogram.recordValue(us)
    this.#ok += 1
    if (moved) this.#movedUs = Math.max(this.#movedUs, us)
    else this.#stayedUs = Math.max(this.#stayedUs, us)
  }

  failed(status: 'unknown' | 'fail', code: string): void {
    if (status === 'unknown') this.#unknown += 1
    else this.#fail += 1
    this.#errors.set(code, (this.#errors.get(code) ?? 0) + 1)
  }

  summary(seconds: number): WorkloadSummary {
    const at = (percentile: number): number => this.#histogram.getValueAtPercentile(percentile) / 1_000
    return {
      seconds,
      ok: this.#ok,
      unknown: this.#unknown,
      fail: this.#fail,
      throughput: this.#ok / seconds,
      latencyMs: { p50: at(50), p95: at(95), p99: at(99), p999: at(99.9), max: this.#histogram.maxValue / 1_000 },
      longestMs: { stayed: this.#stayedUs / 1_000, moved: this.#movedUs / 1_000 },
      errors: Object.fromEntries(this.#errors),
    }
  }
}
