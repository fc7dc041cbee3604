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
  #isDue = false
  #ridersAreDue = false
  #votesAreDue = false
  #isRetrying = false
  #saidFull = false

  constructor(ports: FlushTimesPorts) {
    this.#ports = ports
  }

  /** A turn has ended. */
  turnEnded(): void {
    const { limits, timers, log } = this.#ports
    const outbox = this.#ports.outbox()
    if (this.#saidFull && outbox.hasRoom) {
      this.#saidFull = false
      log('there is room on disk again: this replica votes')
    }
    if (outbox.hasRiders && !this.#ridersAreDue) {
      this.#ridersAreDue = true
      timers.set(limits.commitDelayMs, () => {
        this.#ridersAreDue = false
        outbox.sendRiders()
      })
    }
    if (!outbox.isLazy) return
    if (outbox.hasUnhurried && !this.#votesAreDue) {
      this.#votesAreDue = true
      timers.set(limits.voteDelayMs, () => {
        this.#votesAreDue = false
        outbox.flush()
      })
    }
    if (this.#isDue) return
    this.#isDue = true
    timers.set(limits.lazyFlushMs, () => {
      this.#isDue = false
      outbox.flush()
    })
  }

  /** A flush found no room: no vote without durability, and there may be room again. */
  full(error: StoreError): void {
    const { limits, timers, turn, log } = this.#ports
    if (!this.#saidFull) {
      this.#saidFull = true
      log(error.message)
      // Their clients may go elsewhere.
      turn(() => this.#ports.proposals().drop(fullReason))
    }
    if (this.#isRetrying) return
    this.#isRetrying = true
    timers.set(limits.retransmitDelayMaxMs, () => {
      this.#isRetrying = false
      this.#ports.outbox().flush()
    })
  }
}
