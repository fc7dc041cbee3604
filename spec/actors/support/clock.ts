import type { Clock } from '../../../machines/protocol/clock.ts'

interface Timeout {
  readonly at: number
  readonly callback: () => void
}

/** Time that passes when told to, timeouts in their order; everything happens before `pass` returns. */
export class FakeClock implements Clock {
  #now = 0
  #timeouts: Timeout[] = []

  now(): number {
    return this.#now
  }

  setTimeout(callback: () => void, delayMs: number): unknown {
    const timeout: Timeout = { at: this.#now + delayMs, callback }
    this.#timeouts.push(timeout)
    return timeout
  }

  clearTimeout(handle: unknown): void {
    this.#timeouts = this.#timeouts.filter(timeout => timeout !== handle)
  }

  /** Timeouts that are set. */
  get armed(): number {
    return this.#timeouts.length
  }

  pass(ms: number): void {
    const end = this.#now + ms
    for (;;) {
      const [next] = this.#timeouts.filter(timeout => timeout.at <= end).sort((a, b) => a.at - b.at)
      if (next === undefined) break
      this.clearTimeout(next)
      this.#now = Math.max(this.#now, next.at)
      next.callback()
    }
    this.#now = end
  }

  /** Stands still for `ms`, and only then lets happen what was due meanwhile: a pause of the process. */
  stall(ms: number): void {
    this.#now += ms
    this.pass(0)
  }
}
