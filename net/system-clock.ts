import type { Clock } from '../machines/protocol/clock.ts'

/** The time of day of this machine, ms since 1970: for deadlines that other replicas keep, too. */
export const systemWallClock = (): number => Date.now()

/** The longest delay of a timer of Node, 24.8 days; it fires at once for a longer one. */
const timerMaxMs = 2 ** 31 - 1

/** A delay longer than a timer can have: one timer after the other. */
class LongTimeout {
  readonly #callback: () => void
  #leftMs: number
  #timer: NodeJS.Timeout | undefined

  constructor(callback: () => void, delayMs: number) {
    this.#callback = callback
    this.#leftMs = delayMs
    this.#next()
  }

  clear(): void {
    clearTimeout(this.#timer)
  }

  #next(): void {
    const delayMs = Math.min(this.#leftMs, timerMaxMs)
    this.#leftMs -= delayMs
    this.#timer = setTimeout(() => (this.#leftMs > 0 ? this.#next() : this.#callback()), delayMs)
  }
}

/** The clock of this process: it does not go back when the time of day is set. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimeout: (callback, delayMs) =>
    delayMs > timerMaxMs ? new LongTimeout(callback, delayMs) : setTimeout(callback, delayMs),
  clearTimeout: handle => {
    if (handle instanceof LongTimeout) handle.clear()
    else clearTimeout(handle as NodeJS.Timeout)
  },
}
