import type { Clock } from '../../machines/protocol/clock.ts'

/** One timer for many deadlines. It fires at the earliest of them, and its callback sets it again. */
export class DeadlineTimer {
  readonly #clock: Clock
  readonly #fire: () => void
  #set: { readonly handle: unknown; readonly atMs: number } | undefined

  constructor(clock: Clock, fire: () => void) {
    this.#clock = clock
    this.#fire = fire
  }

  /** Fires at `atMs` of the clock or earlier. */
  setBy(atMs: number): void {
    if (this.#set !== undefined) {
      if (this.#set.atMs <= atMs) return
      this.clear()
    }
    const handle = this.#clock.setTimeout(
      () => {
        this.#set = undefined
        this.#fire()
      },
      Math.max(0, atMs - this.#clock.now()),
    )
    this.#set = { handle, atMs }
  }

  clear(): void {
    if (this.#set !== undefined) this.#clock.clearTimeout(this.#set.handle)
    this.#set = undefined
  }
}
