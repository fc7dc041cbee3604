import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js'

/** Microseconds; what took longer counts as this. */
const longestUs = 600_000_000

/** Latencies with three significant digits, from 1 us to 10 minutes. */
export class Latencies {
  readonly #histogram: Histogram

  private constructor(histogram: Histogram) {
    this.#histogram = histogram
  }

  static empty(): Latencies {
    return new Latencies(
      build({ lowestDiscernibleValue: 1, highestTrackableValue: longestUs, numberOfSignificantValueDigits: 3 }),
    )
  }

  /** From what `encoded` gave. */
  static decode(text: string): Latencies {
    return new Latencies(decodeFromCompressedBase64(text))
  }

  static merged(all: readonly Latencies[]): Latencies {
    const sum = Latencies.empty()
    for (const each of all) sum.#histogram.add(each.#histogram)
    return sum
  }

  get count(): number {
    return this.#histogram.totalCount
  }

  record(ms: number): void {
    this.#histogram.recordValue(Math.min(longestUs, Math.max(1, Math.round(ms * 1_000))))
  }

  /** Milliseconds; 0 when nothing was recorded. */
  at(percentile: number): number {
    return this.count === 0 ? 0 : this.#histogram.getValueAtPercentile(percentile) / 1_000
  }

  get maxMs(): number {
    return this.#histogram.maxValue / 1_000
  }

  get encoded(): string {
    return encodeIntoCompressedBase64(this.#histogram)
  }
}
