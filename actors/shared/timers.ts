import type { Clock } from '../../machines/protocol/clock.ts'
import type { Component } from './component.ts'
import { Heap } from './heap.ts'

/** One timer. A cancelled timer stays in the queue until it is due, and then does nothing. */
export interface Timer {
  readonly at: number
  cancelled: boolean
}
/** The interface of parts that only set timers. */
export interface Timers {
  now(): number
  /** Runs `run` after `delayMs`, in a turn of its own. */
  set(delayMs: number, run: () => void): Timer
}

interface Entry<D> extends Timer {
  readonly order: number
  /** The work of the timer, or the maker of its value for the turn. */
  readonly run: (() => void) | undefined
  readonly due: (() => D | undefined) | undefined
}

const before = (a: Entry<unknown>, b: Entry<unknown>): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

/** Timers that run in one wake-up: thousands of instances may be due at once, and nobody is to wait for all of them. */
const wakeUpTimersMax = 64

/**
 * All timers of one replica on one timeout of its clock (XState's own `after` costs too much with many live actors).
 * Timers run in the order of their times, then of being set: equal runs give equal orders. The values of `setDue` are
 * yielded to the turn, which acts on each before the next timer runs.
 */
export class TimerQueue<D = never> implements Component, Timers {
  readonly #clock: Clock
  /** Called before the timers of one wake-up run, with how late it came. */
  readonly #wake: (lateMs: number) => void
  /** Runs the timers of one wake-up as one turn. */
  readonly #turn: (timers: () => Iterable<D>) => void
  readonly #heap = new Heap<Entry<D>>(before)
  #order = 0
  #handle: unknown
  #armedFor = Number.POSITIVE_INFINITY
  /** When the last wake-up left some for the next one, which is not late for that. */
  #leftMs = Number.NEGATIVE_INFINITY
  #stopped = false

  constructor(clock: Clock, turn: (timers: () => Iterable<D>) => void, wake: (lateMs: number) => void) {
    this.#clock = clock
    this.#turn = turn
    this.#wake = wake
  }

  now(): number {
    return this.#clock.now()
  }

  /** Runs `run` after `delayMs`. */
  set(delayMs: number, run: () => void): Timer {
    return this.#add(delayMs, run, undefined)
  }

  /** Sets a timer whose value the turn acts on: `due` makes the value, if there is one. */
  setDue(delayMs: number, due: () => D | undefined): Timer {
    return this.#add(delayMs, undefined, due)
  }

  /** Nothing runs from here on. */
  stop(): void {
    this.#stopped = true
    this.#heap.clear()
    if (this.#handle !== undefined) this.#clock.clearTimeout(this.#handle)
  }

  #add(delayMs: number, run: Entry<D>['run'], due: Entry<D>['due']): Timer {
    const at = this.#clock.now() + Math.max(0, delayMs)
    const entry: Entry<D> = { at, order: this.#order++, run, due, cancelled: false }
    this.#heap.push(entry)
    this.#arm()
    return entry
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
    const armedFor = Math.max(this.#armedFor, this.#leftMs)
    this.#armedFor = Number.POSITIVE_INFINITY
    if (this.#stopped) return
    this.#turn(() => this.#runDue(armedFor, this.#clock.now()))
    this.#arm()
  }

  *#runDue(armedFor: number, now: number): Iterable<D> {
    this.#wake(now - armedFor)
    let left = wakeUpTimersMax
    for (let { first } = this.#heap; first !== undefined && first.at <= now; first = this.#heap.first) {
      // The others follow in a wake-up of their own, so that messages and requests have their turns in between.
      if (left === 0 && !first.cancelled) {
        this.#leftMs = this.#clock.now()
        return
      }
      this.#heap.pop()
      if (first.cancelled) continue
      left--
      first.run?.()
      const due = first.due?.()
      if (due !== undefined) yield due
      if (this.#stopped) return
    }
  }
}
