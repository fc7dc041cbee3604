import { build, type Histogram } from 'hdr-histogram-js'

/** Durations of recent flushes, from the beginning of one to its durability, without failed ones. */
export interface FlushStatus {
  /** Length of the window measured, ms: 30 to 60 s, or since the start. */
  readonly windowMs: number
  readonly count: number
  readonly perSecond: number
  /** 0 without a flush. */
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** Time that the flush under way has taken so far; undefined when there is none. */
  readonly underWayMs: number | undefined
}

/** Length of one slice. The window is one to two slices long: there are two, and the older one is dropped. */
const sliceMs = 30_000
const usPerMs = 1_000
const longestUs = 600_000_000

interface Slice {
  readonly fromMs: number
  /** In us; undefined until something is measured: many replicas of a simulated world never get that far. */
  histogram: Histogram | undefined
}

/** Measures recent flushes, from the beginning of one to its durability. Each flush costs two readings of the clock. */
export class FlushDurations {
  readonly #now: () => number
  #previous: Slice | undefined
  #current: Slice
  #beganMs: number | undefined
  /** The longest flush of late: each shorter one takes an eighth of the difference off it. */
  #recentMs = 0

  /** @param now the injected clock's, ms */
  constructor(now: () => number) {
    this.#now = now
    this.#current = { fromMs: now(), histogram: undefined }
  }

  began(): void {
    this.#beganMs = this.#now()
  }

  /** @param isDurable whether it succeeded: a failed flush has no duration */
  ended(isDurable: boolean): void {
    const sinceMs = this.#beganMs
    this.#beganMs = undefined
    if (sinceMs === undefined || !isDurable) return
    const nowMs = this.#now()
    this.#recentMs = Math.max(nowMs - sinceMs, this.#recentMs - (this.#recentMs - (nowMs - sinceMs)) / 8)
    this.#turnTo(nowMs)
    this.#current.histogram ??= emptyHistogram()
    this.#current.histogram.recordValue(Math.min(Math.round((nowMs - sinceMs) * usPerMs), longestUs))
  }

  /** The time at which the flush under way began; undefined when there is none. */
  get underWaySinceMs(): number | undefined {
    return this.#beganMs
  }

  /** Duration to expect of a flush, ms: the longest of late, or that of the flush under way so far. */
  get recentMs(): number {
    return this.#beganMs === undefined ? this.#recentMs : Math.max(this.#recentMs, this.#now() - this.#beganMs)
  }

  /** The durations measured in the window. */
  status(): FlushStatus {
    const nowMs = this.#now()
    this.#turnTo(nowMs)
    const windowMs = Math.round(nowMs - (this.#previous ?? this.#current).fromMs)
    const all = emptyHistogram()
    for (const slice of [this.#previous, this.#current]) if (slice?.histogram !== undefined) all.add(slice.histogram)
    const count = all.totalCount
    const inMs = (us: number) => us / usPerMs
    return {
      windowMs,
      count,
      perSecond: windowMs === 0 ? 0 : Math.round((count * 1_000) / windowMs),
      p50Ms: inMs(Math.min(all.getValueAtPercentile(50), all.maxValue)),
      // A percentile is the upper end of its bucket, which may be above the exact maximum.
      p99Ms: inMs(Math.min(all.getValueAtPercentile(99), all.maxValue)),
      maxMs: inMs(all.maxValue),
      underWayMs: this.#beganMs === undefined ? undefined : Math.round(nowMs - this.#beganMs),
    }
  }

  #turnTo(nowMs: number): void {
    const { fromMs } = this.#current
    if (nowMs - fromMs < sliceMs) return
    const untilMs = fromMs + sliceMs
    // After a longer silence the older slice is empty, since there was nothing to measure.
    const isAdjacent = nowMs - untilMs < sliceMs
    this.#previous = isAdjacent ? this.#current : { fromMs: nowMs - sliceMs, histogram: undefined }
    this.#current = { fromMs: isAdjacent ? untilMs : nowMs, histogram: undefined }
  }
}

const emptyHistogram = (): Histogram =>
  build({ lowestDiscernibleValue: 1, highestTrackableValue: longestUs, numberOfSignificantValueDigits: 2 })
