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
  readonly run: () => D | undefined
}

const before = (a: Entry<unknown>, b: Entry<unknown>): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

/**
 * All timers of one replica on one timeout of its clock (XState's own `after` costs too much with many live actors).
 * Timers run in the order of their times, then of being set: equal runs give equal orders. The replica acts on the
 * value that a timer returns.
 */
export class TimerQueue<D = never> implements Component, Timers {
  readonly #clock: Clock
  /** Called before the timers of one wake-up run, with how late it came. */
  readonly #wake: (lateMs: number) => void
  /** Runs the due timers as one turn. */
  readonly #turn: (run: () => void) => void
  /** Acts on the value that a timer returns. */
  readonly #act: (due: D) => void
  readonly #heap = new Heap<Entry<D>>(before)
  #order = 0
  #handle: unknown
  #armedFor = Number.POSITIVE_INFINITY
  #stopped = false

  constructor(
    clock: Clock,
    turn: (run: () => void) => void,
    wake: (lateMs: number) => void,
    act: (due: D) => void = () => undefined,
  ) {
    this.#clock = clock
    this.#turn = turn
    this.#wake = wake
    this.#act = act
  }

  now(): number {
    return this.#clock.now()
  }

  /** Runs `run` after `delayMs`. */
  set(delayMs: number, run: () => void): Timer {
    return this.setDue(delayMs, () => {
      run()
      return undefined
    })
  }

  /** Runs `run` after `delayMs`; the replica acts on the value that it returns. */
  setDue(delayMs: number, run: () => D | undefined): Timer {
    const at = this.#clock.now() + Math.max(0, delayMs)
    const entry: Entry<D> = { at, order: this.#order++, run, cancelled: false }
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
        const due = first.cancelled ? undefined : first.run()
        if (due !== undefined) this.#act(due)
        if (this.#stopped) return
      }
    })
    this.#arm()
  }
}
