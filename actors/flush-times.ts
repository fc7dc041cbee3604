import type { StoreError } from '../storage/store.ts'
import type { Limits } from './limits.ts'
import type { Outbox } from './outbox.ts'
import type { Proposals } from './proposals.ts'
import { fullReason } from './reception.ts'
import type { TimerQueue } from './timers.ts'

export interface FlushTimesPorts {
  readonly limits: Limits
  readonly timers: TimerQueue
  readonly outbox: () => Outbox
  readonly proposals: () => Proposals
  turn(run: () => void): void
  /** Something that whoever runs the replica should know. */
  log(line: string): void
}

/** When that happens which nobody waits for: flushes, frames, and flushes that found no room on disk. */
export class FlushTimes {
  readonly #ports: FlushTimesPorts
  readonly #lazy: Alarm
  readonly #riders: Alarm
  readonly #votes: Alarm
  readonly #retry: Alarm
  #saidFull = false

  constructor(ports: FlushTimesPorts) {
    const { limits, timers, outbox } = ports
    this.#ports = ports
    const flush = () => outbox().flush()
    this.#lazy = new Alarm(timers, limits.lazyFlushMs, flush)
    this.#riders = new Alarm(timers, limits.commitDelayMs, () => outbox().sendRiders())
    this.#votes = new Alarm(timers, limits.voteDelayMs, flush)
    this.#retry = new Alarm(timers, limits.retransmitDelayMaxMs, flush)
  }

  /** A turn has ended. */
  turnEnded(): void {
    const { log } = this.#ports
    const outbox = this.#ports.outbox()
    if (this.#saidFull && outbox.hasRoom) {
      this.#saidFull = false
      log('there is room on disk again: this replica votes')
    }
    if (outbox.hasRiders) this.#riders.set()
    if (!outbox.isLazy) return
    if (outbox.hasUnhurried) this.#votes.set()
    this.#lazy.set()
  }

  /** A flush found no room: no vote without durability, and there may be room again. */
  full(error: StoreError): void {
    const { turn, log } = this.#ports
    if (!this.#saidFull) {
      this.#saidFull = true
      log(error.message)
      // Their clients may go elsewhere.
      turn(() => this.#ports.proposals().drop(fullReason))
    }
    this.#retry.set()
  }
}

/** Something to be done after a while; set again meanwhile, it is done once all the same. */
class Alarm {
  readonly #timers: TimerQueue
  readonly #delayMs: number
  readonly #run: () => void
  #isSet = false

  constructor(timers: TimerQueue, delayMs: number, run: () => void) {
    this.#timers = timers
    this.#delayMs = delayMs
    this.#run = run
  }

  set(): void {
    if (this.#isSet) return
    this.#isSet = true
    this.#timers.set(this.#delayMs, () => {
      this.#isSet = false
      this.#run()
    })
  }
}
