import { Latencies } from '../../../../examples/bench/latencies.ts'

/** What clients felt in one window of the load. Times in ms. */
export interface WindowReport {
  readonly seconds: number
  readonly answered: number
  /** Answers a second. */
  readonly throughput: number
  /** The longest time in which no client had an answer. */
  readonly silenceMs: number
  /** From sending to the answer. */
  readonly p50Ms: number
  readonly p99Ms: number
  readonly p999Ms: number
  readonly longestMs: number
  /** Commands that were not answered with their result, by the code of their error; `unknown` may have happened. */
  readonly failures: Readonly<Record<string, number>>
  /** The histogram, encoded. */
  readonly latencies: string
}

/** Counts the answers of a window. */
export class Window {
  readonly #latencies: Latencies
  readonly #fromMs: number
  readonly #failures: Record<string, number> = {}
  #lastMs: number
  #silenceMs = 0
  answered = 0

  /** @param lastMs of the last answer before it: a silence may begin in an earlier window */
  constructor(latencies: Latencies, lastMs = performance.now()) {
    this.#latencies = latencies
    this.#fromMs = performance.now()
    this.#lastMs = lastMs
  }

  answer(sentMs: number, nowMs: number): void {
    this.answered++
    this.#silenceMs = Math.max(this.#silenceMs, nowMs - this.#lastMs)
    this.#lastMs = nowMs
    this.#latencies.record(nowMs - sentMs)
  }

  failed(code: string): void {
    this.#failures[code] = (this.#failures[code] ?? 0) + 1
  }

  end(): WindowReport {
    const nowMs = performance.now()
    const seconds = (nowMs - this.#fromMs) / 1_000
    return {
      seconds,
      answered: this.answered,
      throughput: this.answered / seconds,
      silenceMs: Math.max(this.#silenceMs, nowMs - this.#lastMs),
      ...latenciesOf(this.#latencies),
      failures: { ...this.#failures },
      latencies: this.#latencies.encoded,
    }
  }

  /** The next window. */
  following(): Window {
    return new Window(Latencies.empty(), this.#lastMs)
  }
}

const latenciesOf = (latencies: Latencies) => ({
  p50Ms: latencies.at(50),
  p99Ms: latencies.at(99),
  p999Ms: latencies.at(99.9),
  longestMs: latencies.maxMs,
})

/** Several windows as one. */
export function merged(windows: readonly WindowReport[]): WindowReport {
  const latencies = Latencies.merged(windows.map(each => Latencies.decode(each.latencies)))
  const seconds = windows.reduce((sum, each) => sum + each.seconds, 0)
  const answered = windows.reduce((sum, each) => sum + each.answered, 0)
  const failures: Record<string, number> = {}
  for (const window of windows)
    for (const [code, count] of Object.entries(window.failures)) failures[code] = (failures[code] ?? 0) + count
  return {
    seconds,
    answered,
    throughput: seconds === 0 ? 0 : answered / seconds,
    silenceMs: Math.max(0, ...windows.map(each => each.silenceMs)),
    ...latenciesOf(latencies),
    failures,
    latencies: latencies.encoded,
  }
}
