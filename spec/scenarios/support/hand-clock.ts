import type { Clock } from '../../../machines/protocol/clock.ts'

interface HandTimer {
  readonly at: number
  readonly run: () => void
}

/** A clock that stands still until it is told to move. */
export class HandClock implements Clock {
  #nowMs = 0
  readonly #timers = new Set<HandTimer>()

  now(): number {
    return this.#nowMs
  }

  setTimeout(run: () => void, delayMs: number): unknown {
    const timer = { at: this.#nowMs + delayMs, run }
    this.#timers.add(timer)
    return timer
  }

  clearTimeout(timer: unknown): void {
    this.#timers.delete(timer as HandTimer)
  }

  /** Lets `ms` pass: what is due runs at its time, in order. */
  pass(ms: number): void {
    const until = this.#nowMs + ms
    for (;;) {
      const next = [...this.#timers].filter(timer => timer.at <= until).sort((a, b) => a.at - b.at)[0]
      if (next === undefined) break
      this.#timers.delete(next)
      this.#nowMs = next.at
      next.run()
    }
    this.#nowMs = until
  }
}
