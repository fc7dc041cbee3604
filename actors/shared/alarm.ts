import type { Timers } from './timers.ts'

/** An alarm for later work. Set again while it is pending, it still runs the work once. */
export class Alarm {
  readonly #timers: Timers
  readonly #run: () => void
  #isSet = false

  /** @param run the work; nothing, if the turn of the timer is enough */
  constructor(timers: Timers, run: () => void = () => undefined) {
    this.#timers = timers
    this.#run = run
  }

  set(delayMs: number): void {
    if (this.#isSet) return
    this.#isSet = true
    this.#timers.set(delayMs, () => {
      this.#isSet = false
      this.#run()
    })
  }
}
