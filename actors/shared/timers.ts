import type { Clock } from '../../net/clock.ts'
import type { Component } from './component.ts'
import { Heap } from './heap.ts'

/** One thing to do at one time. Cancelled timers stay in the queue until they come up, and then do nothing. */
export interface Timer {
  readonly at: number
  cancelled: boolean
}
interface Entry extends Timer {
  readonly order: number
  readonly run: () => void
}

const before = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

/**
 * All timers of one replica on one timeout of its clock (XState's own `after` costs too much with many live actors).
 * In order of time, then of being set: equal runs give equal orders.
 */
export class TimerQueue implements Component {
  readonly #clock: Clock
  /** Called before the timers of one wake-up run, with how late it came. */
  readonly #wake: (lateMs: number) => void
  /** Runs what is due, as one turn. */
  readonly #turn: (run: () => void) => void
  readonly #heap = new Heap<Entry>(before)
  #order = 0
  #handle: unknown
  #armedFor = Number.POSITIVE_INFINITY
  #stopped = false

  constructor(clock: Clock, turn: (run: () => void) => void, wake: (lateMs: number) => void) {
    this.#clock = clock
    this.#turn = turn
    this.#wake = wake
  }

  now(): number {
    return this.#clock.now()
  }

  /** Runs `run` after `delayMs`. */
  set(delayMs: number, run: () => void): Timer {
    const entry: Entry = { at: this.#clock.now() + Math.max(0, delayMs), order: this.#order++, run, cancelled: false }
    this.#heap.push(entry)
    this.#arm()
    return entry
  }

  /** Nothing runs from here on. */
  stop(): void {
    this.#stopped = true
    this.#heap.clear()
    if (this.#handle !== undefined) this.#clock.clearTimeout(this.#handle)
  }

  #arm(): void {
    const { first } = this.#heap
    if (first === undefined || this.#stopped || this.#armedFor <= first.at) return
    if (this.#handle !== undefined) this.#clock.clearTimeout(this.#handle)
    this.#armedFor = first.at
    this.#handle = this.#clock.setTimeout(() => this.#fire(), Math.max(0, first.at - this.#clock.now()))
  }

  #fire(): void {
    this.#handle = undefined
    const due = this.#armedFor
    this.#armedFor = Number.POSITIVE_INFINITY
    if (this.#stopped) return
    const now = this.#clock.now()
    this.#turn(() => {
      this.#wake(now - due)
      for (let { first } = this.#heap; first !== undefined && first.at <= now; first = this.#heap.first) {
        this.#heap.pop()
        if (!first.cancelled) first.run()
        if (this.#stopped) return
      }
    })
    this.#arm()
  }
}
