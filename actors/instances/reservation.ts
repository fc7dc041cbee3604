import { reservedFor } from '../../machines/protocol/reserved-indices.ts'
import type { StoreContents } from '../../storage/store.ts'
import type { DiskHealth } from '../records/disk-health.ts'
import type { Outbox } from '../records/outbox.ts'
import type { Component } from '../shared/component.ts'
import type { Limits } from '../shared/limits.ts'
import type { RestartBarrier } from './restart-barrier.ts'

/**
 * Own indices that are reserved durably, in blocks ([section 6](../../machines/protocol/README.md#section-6), the
 * faster rule). The preAccept of a reserved index leaves before its record is durable: a crash may forget the command,
 * never that the index was given away (B20).
 */
export class Reservation implements Component {
  readonly #blockMax: number
  readonly #outbox: Outbox
  readonly #barrier: Pick<RestartBarrier, 'top'>
  readonly #disk: Pick<DiskHealth, 'isSlow'>
  /** Indices that can be given away while a flush is under way: a block of a slow disk needs no more. */
  readonly #slowBlockMax: number
  /** Number of indices given away in this life. */
  #given = 0
  #top = 0
  #durable = 0

  constructor(
    {
      reservedIndices,
      indexWindowMax,
      ownInFlightMax,
    }: Pick<Limits, 'reservedIndices' | 'indexWindowMax' | 'ownInFlightMax'>,
    outbox: Outbox,
    barrier: Pick<RestartBarrier, 'top'>,
    disk: Pick<DiskHealth, 'isSlow'>,
  ) {
    // Indices left open by a restart must not fill the window: nothing could be proposed until they are decided.
    this.#blockMax = Math.min(reservedIndices, Math.floor(indexWindowMax / 4))
    this.#outbox = outbox
    this.#barrier = barrier
    this.#disk = disk
    this.#slowBlockMax = ownInFlightMax
  }

  /** Takes over the reservation found at a restart, perhaps of a program with other limits. */
  resume({ reserved }: Pick<StoreContents, 'reserved'>): void {
    this.#top = this.#durable = reserved
  }

  /** Called before `index` is given away; it extends the reservation in time. */
  reserve(index: number): void {
    this.#given++
    // Small at first: a replica that crashes again and again leaves open only a part of the indices that it has
    // proposed. Small on a slow disk: what a restart leaves open takes long to decide there.
    const blockMax = this.#disk.isSlow ? Math.min(this.#slowBlockMax, this.#blockMax) : this.#blockMax
    const block = Math.min(blockMax, Math.max(1, Math.floor(this.#given / 4)))
    if (block > 0) this.#raise(reservedFor(index, this.#top, block))
  }

  /** Whether a preAccept with this index may leave before its record is durable. */
  covers(index: number): boolean {
    return index <= this.#durable
  }

  /**
   * Gives unused indices back at the end of a drain. All proposals become durable with the next flush, and nothing more
   * is proposed, so the next start need not skip them. Indices reserved by an earlier life are still skipped, since it
   * may have forgotten some.
   */
  drained(): void {
    const { top } = this.#barrier
    if (this.#top === top) return
    this.#top = this.#durable = top
    this.#outbox.writeExtra({ reserved: top })
  }

  #raise(top: number): void {
    if (top === this.#top) return
    this.#top = top
    this.#outbox.writeExtra({ reserved: top })
    // Half a block is left, and a preAccept that is not covered waits for this flush by itself.
    this.#outbox.whenDurableUnhurried(() => {
      this.#durable = top
    })
  }
}
