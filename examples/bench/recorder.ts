import { Latencies } from './latencies.ts'

/** What one run counts. Answers count towards throughput when they come within the window. */
export class Recorder {
  readonly latencies = Latencies.empty()
  /** From sending to the answer, in open loop: what a loop that waits for answers would have told. */
  readonly served = Latencies.empty()
  readonly failures = new Map<string, number>()
  answered = 0
  /** Within the window. */
  isOpen = false

  failed(code: string): void {
    this.failures.set(code, (this.failures.get(code) ?? 0) + 1)
  }
}
