import type { Rank } from '../../machines/protocol/membership.ts'
import type { Message } from '../../machines/protocol/messages.ts'
import type { Store, StoreError } from '../../storage/store.ts'
import type { DurableProgress } from '../instances/durable-progress.ts'
import type { Stepper } from '../instances/stepper.ts'
import type { FlushDurations } from '../records/flush-durations.ts'
import type { Outbox } from '../records/outbox.ts'
import type { Retirement } from '../records/retirement.ts'
import type { Component } from '../shared/component.ts'
import type { Tap } from '../shared/tap.ts'
import type { Works } from '../shared/works.ts'

export interface FlushesPorts {
  readonly self: Rank
  readonly outbox: Outbox
  readonly store: Pick<Store, 'write'>
  readonly durations: Pick<FlushDurations, 'began' | 'ended'>
  readonly progress: Pick<DurableProgress, 'flushing' | 'flushed'>
  readonly retirement: Pick<Retirement, 'flushing' | 'flushed' | 'hasDue' | 'takeDue'>
  readonly stepper: Pick<Stepper, 'deliver' | 'retire'>
  readonly works: Pick<Works, 'during'>
  readonly tap: Tap | undefined
  /** Sends one frame to a peer. */
  send(to: Rank, messages: readonly Message[]): void
  /** Runs a piece of work as one turn. */
  turn(run: () => void): void
  /** Called when the store failed: nothing may be said any more. `storeFull` may pass by itself. */
  failed(error: StoreError): void
}

/**
 * Empties the outbox at the end of each turn: transactions go to the store, frames to the peers, and messages that
 * count now to their instances. One transaction is under way at a time.
 */
export class Flushes implements Component {
  readonly #ports: FlushesPorts
  /** Number of writes at the moment of which progress and retirement took note; undefined: they wait for no flush. */
  #notedAt: number | undefined

  constructor(ports: FlushesPorts) {
    this.#ports = ports
  }

  /** Does everything whose records are all durable. @returns whether there was something that may have led to more */
  settle(): boolean {
    const hasSettled = this.#ports.outbox.settle()
    if (hasSettled) this.#doReleased()
    return hasSettled
  }

  /** Ends the turn: its messages leave, and one transaction begins for its records, if anything waits for them. */
  endTurn(): void {
    const { outbox, retirement, send } = this.#ports
    if (retirement.hasDue) this.#retire()
    outbox.takeFrames(send)
    // Without room the flush is retried by `FlushTimes`, not at the end of every turn.
    if (outbox.wantsFlush) this.flush()
    if (outbox.isClean) this.allDurable()
  }

  /** Sends the messages that wait for a frame to ride on. */
  sendRiders(): void {
    this.#ports.outbox.takeRiders(this.#ports.send)
  }

  /**
   * Begins a flush of everything that is not durable, unless one is under way (the next one follows it by itself when
   * something waits).
   */
  flush(): void {
    const { outbox, store, durations, progress, retirement, works, tap, turn, failed } = this.#ports
    const flush = outbox.takeFlush()
    if (flush === undefined) return
    durations.began()
    tap?.flushBegan?.(flush.batch.records.length)
    // A flush need not take all: what was noted counts once everything written until then is durable.
    if (this.#notedAt === undefined) {
      this.#notedAt = outbox.written
      progress.flushing()
      retirement.flushing()
    }
    const ended = (error: StoreError | null): void => {
      flush.ended(error)
      if (outbox.isStopped) return
      durations.ended(error === null)
      tap?.flushEnded?.(error ?? undefined)
      if (error !== null) {
        failed(error)
        return
      }
      turn(() => {
        outbox.flushed()
        if (this.#notedAt !== undefined && outbox.durable >= this.#notedAt) this.#durable()
        this.#doReleased()
      })
    }
    works.during('flush', () => store.write(flush.batch, ended))
  }

  /** Called when nothing is left to be written: everything in memory is durable. */
  allDurable(): void {
    const { progress, retirement } = this.#ports
    progress.flushing()
    retirement.flushing()
    this.#durable()
  }

  /** Sends the messages whose records are durable before the end. */
  stop(): void {
    const { outbox, send } = this.#ports
    outbox.takeFrames(send)
    outbox.stop()
  }

  /** Called when everything of which note was taken is durable. */
  #durable(): void {
    this.#notedAt = undefined
    const { progress, retirement } = this.#ports
    progress.flushed()
    retirement.flushed()
    this.#retire()
  }

  #retire(): void {
    const { retirement, stepper } = this.#ports
    for (const entry of retirement.takeDue()) stepper.retire(entry)
  }

  #doReleased(): void {
    const { self, outbox, stepper, tap } = this.#ports
    for (let each = outbox.takeReleased(); each !== undefined; each = outbox.takeReleased()) {
      if ('run' in each) each.run()
      else {
        tap?.sent?.(self, each.message)
        stepper.deliver(self, each.message)
      }
    }
  }
}
