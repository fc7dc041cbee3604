import type { Timers } from './timers.ts'

/** Something to be done after a while; set again meanwhile, it is done once all the same. */
export class Alarm {
  readonly #timers: Timers
  readonly #run: () => void
  #isSet = false

  /** @param run what is done; nothing, where the turn that a timer brings is enough */
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
