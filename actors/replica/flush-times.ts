import type { StoreError } from '../../storage/store.ts'
import type { Outbox } from '../records/outbox.ts'
import { Alarm } from '../shared/alarm.ts'
import type { ReplicaEvent } from '../shared/events.ts'
import type { Limits } from '../shared/limits.ts'
import type { Timers } from '../shared/timers.ts'

export interface FlushTimesPorts {
  readonly limits: Limits
  readonly timers: Timers
  readonly outbox: Outbox
  /** Begin the work that nothing waits for: a transaction, or frames. */
  readonly flushes: { flush(): void; sendRiders(): void }
  turn(run: () => void): void
  /** Reports an event to the operator. */
  log(event: ReplicaEvent): void
}

/**
 * The times of work that nothing waits for: lazy flushes, delayed frames, and retries of flushes that found no room on
 * disk.
 */
export class FlushTimes {
  readonly #ports: FlushTimesPorts
  readonly #lazy: Alarm
  readonly #riders: Alarm
  readonly #votes: Alarm
  readonly #retry: Alarm
  #saidFull = false

  constructor(ports: FlushTimesPorts) {
    const { timers, flushes } = ports
    this.#ports = ports
    const flush = () => flushes.flush()
    this.#lazy = new Alarm(timers, flush)
    this.#riders = new Alarm(timers, () => flushes.sendRiders())
    this.#votes = new Alarm(timers, flush)
    this.#retry = new Alarm(timers, flush)
  }

  /** Called at the end of a turn. */
  turnEnded(): void {
    const { limits, outbox, log } = this.#ports
    if (this.#saidFull && outbox.hasRoom) {
      this.#saidFull = false
      log({ code: 'roomAgain' })
    }
    if (outbox.hasRiders) this.#riders.set(limits.commitDelayMs)
    if (!outbox.isLazy) return
    if (outbox.hasUnhurried) this.#votes.set(limits.voteDelayMs)
    this.#lazy.set(limits.lazyFlushMs)
  }

  /**
   * Called when a flush found no room: no vote leaves without durability, so the flush is retried until there is room.
   */
  full(error: StoreError): void {
    const { limits, turn, log } = this.#ports
    if (!this.#saidFull) {
      this.#saidFull = true
      log({ code: 'diskFull', error })
      // A turn of its own: at its end `DiskWatch` tells the others and the clients.
      turn(() => undefined)
    }
    this.#retry.set(limits.retransmitDelayMaxMs)
  }
}
