import type { Clock } from '../../../net/clock.ts'
import type { Events } from './events.ts'

/**
 * One life of one replica's process: it can pause, its clock can run at another speed and jump ahead, and when it dies
 * nothing that was under way for it happens any more.
 */
export class Process {
  readonly #events: Events
  readonly #speed: number
  #offsetMs: number
  #pausedUntilMs = 0
  #dead = false

  /** @param speed milliseconds on its clock for one of the world's */
  constructor(events: Events, speed: number, offsetMs: number) {
    this.#events = events
    this.#speed = speed
    this.#offsetMs = offsetMs
  }

  get isDead(): boolean {
    return this.#dead
  }

  get isPaused(): boolean {
    return this.#events.nowMs < this.#pausedUntilMs
  }

  die(): void {
    this.#dead = true
  }

  /** Stands still: what comes meanwhile comes afterwards, in its order. */
  pause(durationMs: number): void {
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, this.#events.nowMs + durationMs)
  }

  /** Its clock jumps ahead. */
  jump(aheadMs: number): void {
    this.#offsetMs += aheadMs
  }

  /** Lets something happen in this process after a delay, if it lives then, and once it does not stand still. */
  after(delayMs: number, run: () => void): void {
    this.#events.after(delayMs, () => this.#enter(run))
  }

  readonly clock: Clock = {
    now: () => this.#events.nowMs * this.#speed + this.#offsetMs,
    setTimeout: (callback, delayMs) => {
      const timer = { cancelled: false }
      this.after(delayMs / this.#speed, () => {
        if (!timer.cancelled) callback()
      })
      return timer
    },
    clearTimeout: handle => {
      ;(handle as { cancelled: boolean }).cancelled = true
    },
  }

  #enter(run: () => void): void {
    if (this.#dead) return
    if (this.isPaused) this.#events.at(this.#pausedUntilMs, () => this.#enter(run))
    else run()
  }
}
