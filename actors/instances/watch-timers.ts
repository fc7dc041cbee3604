import type { Random } from '../../machines/protocol/clock.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import type { Ledger } from '../records/ledger.ts'
import type { Tap, TimerMove } from '../shared/tap.ts'
import type { Timer, TimerQueue } from '../shared/timers.ts'
import type { Due, Watched } from './watched.ts'

interface WatchTimersPorts {
  readonly timers: TimerQueue<Due>
  readonly random: Random
  readonly tap: Tap | undefined
  readonly ledger: Pick<Ledger, 'membership'>
  due(watched: Watched): Due | undefined
}

/** The timers of the watch, one for each instance. Delays are jittered, so that replicas do not act in step. */
export class WatchTimers {
  readonly #ports: WatchTimersPorts

  constructor(ports: WatchTimersPorts) {
    this.#ports = ports
  }

  now(): number {
    return this.#ports.timers.now()
  }

  /** The first timer of an instance. @param of gives the instance when it is due */
  first(delayMs: number, of: () => Watched): Timer {
    return this.#ports.timers.setDue(this.jittered(delayMs), () => this.#ports.due(of()))
  }

  again(watched: Watched, delayMs: number, move: TimerMove, of?: Rank): void {
    this.set(watched, this.jittered(delayMs), move, of)
  }

  /** Makes an instance due sooner, never later: a peer that comes and goes delays nothing. */
  bringForward(watched: Watched, delayMs: number): void {
    if (watched.timer.at <= this.now() + delayMs) return
    watched.timer.cancelled = true
    this.set(watched, delayMs, 'begin')
  }

  set(watched: Watched, delayMs: number, move: TimerMove, of?: Rank): void {
    const { tap, ledger, timers, due } = this.#ports
    const { epoch } = ledger.membership
    tap?.timerSet?.({ epoch, rank: watched.rank, index: watched.index }, move, of, delayMs)
    watched.timer = timers.setDue(delayMs, () => due(watched))
  }

  /** The delay times a random factor between 1 and 1.5. */
  jittered(delayMs: number): number {
    return delayMs * (1 + this.#ports.random() / 2)
  }
}
