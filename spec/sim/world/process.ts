import type { Clock } from '../../../machines/protocol/clock.ts'
import type { Events } from './events.ts'

/** When worlds begin, ms since 1970. */
const epochMs = 1_700_000_000_000

/**
 * One life of one replica's process: it can pause, its clock can run at another speed and jump ahead, and when it dies
 * nothing that was under way for it happens any more. Its time of day is another clock, which jumps with the first.
 */
export class Process {
  readonly #events: Events
  readonly #speed: number
  readonly #skewMs: number
  readonly #wrongByMs: (worldMs: number) => number
  #offsetMs: number
  #jumpedMs = 0
  #pausedUntilMs = 0
  #dead = false

  /**
   * @param speed milliseconds on its clock for one of the world's
   * @param skewMs how far its time of day is ahead of the world's
   * @param wrongByMs what is wrong with its time of day beyond that
   */
  constructor(
    events: Events,
    speed: number,
    offsetMs: number,
    skewMs = 0,
    wrongByMs: (worldMs: number) => number = () => 0,
  ) {
    this.#events = events
    this.#speed = speed
    this.#offsetMs = offsetMs
    this.#skewMs = skewMs
    this.#wrongByMs = wrongByMs
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

  /** Its clocks jump ahead. */
  jump(aheadMs: number): void {
    this.#offsetMs += aheadMs
    this.#jumpedMs += aheadMs
  }

  /** Its time of day, ms since 1970. */
  readonly wallClock = (): number => this.rightTimeMs + this.#wrongByMs(this.#events.nowMs)

  /** Its time of day, if nothing were wrong with it. */
  get rightTimeMs(): number {
    return epochMs + this.#events.nowMs + this.#skewMs + this.#jumpedMs
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
