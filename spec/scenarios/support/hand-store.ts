import type { Clock } from '../../../machines/protocol/clock.ts'
import type { MemoryDisk } from '../../../storage/simulated/disk.ts'
import { SimulatedStateStore } from '../../../storage/simulated/state-store.ts'
import type { Store, StoreError, WriteBatch } from '../../../storage/store.ts'

/**
 * A store whose writes are durable when the schedule says so, and not before. The state beside it is written as soon as
 * time passes.
 */
export class HandStore implements Store {
  readonly #disk: MemoryDisk
  #opened: (() => void) | undefined
  #flight: { readonly batch: WriteBatch; readonly done: (error: StoreError | null) => void } | undefined

  readonly state: SimulatedStateStore
  /** How long a read of the state takes. */
  readMs = 0
  #isDead = false

  constructor(disk: MemoryDisk, clock: Clock) {
    this.#disk = disk
    this.state = new SimulatedStateStore({
      isOpen: () => true,
      ended: () => undefined,
      disk,
      later: (delayMs, run) => {
        clock.setTimeout(() => {
          if (!this.#isDead) run()
        }, delayMs)
      },
      flushMs: () => 0,
      readMs: () => this.readMs,
      flush: apply => {
        apply()
        return null
      },
    })
  }

  open(done: Parameters<Store['open']>[0]): void {
    this.#opened = () => done(null, this.#disk.contents())
  }

  write(batch: WriteBatch, done: (error: StoreError | null) => void): void {
    this.#flight = { batch, done }
  }

  close(): void {
    this.#flight = undefined
  }

  /** What the replica waits for at its start. */
  finishOpening(): void {
    this.#opened?.()
  }

  /** A flush is in flight. */
  get isFlushing(): boolean {
    return this.#flight !== undefined
  }

  /** The flush in flight becomes durable, and the replica hears of it. @returns false when there is none */
  finishFlush(): boolean {
    const flight = this.#flight
    if (flight === undefined) return false
    this.#flight = undefined
    this.#disk.apply(flight.batch)
    flight.done(null)
    return true
  }

  /** The process dies with its flush in flight: it is on disk, or it is not, and nobody hears of it. */
  crash(isWritten: boolean): void {
    if (isWritten && this.#flight !== undefined) this.#disk.apply(this.#flight.batch)
    this.#flight = undefined
    this.#isDead = true
  }
}
