import { reservedFor } from '../../machines/protocol/reserved-indices.ts'
import type { StoreContents } from '../../storage/store.ts'
import type { Outbox } from '../records/outbox.ts'
import type { Component } from '../shared/component.ts'
import type { Limits } from '../shared/limits.ts'
import type { RestartBarrier } from './restart-barrier.ts'

/**
 * Own indices that are reserved durably, in blocks ([section 6](../../machines/protocol/README.md#section-6), the
 * faster rule). The preAccept of a reserved one leaves before its record is durable: a crash may forget the command,
 * never that the index was given away (B20).
 */
export class Reservation implements Component {
  readonly #blockMax: number
  readonly #outbox: Outbox
  readonly #barrier: Pick<RestartBarrier, 'top'>
  /** Indices given away in this life. */
  #given = 0
  #top = 0
  #durable = 0

  constructor(
    { reservedIndices, indexWindowMax }: Pick<Limits, 'reservedIndices' | 'indexWindowMax'>,
    outbox: Outbox,
    barrier: Pick<RestartBarrier, 'top'>,
  ) {
    // What a restart leaves open must not fill the window: nothing could be proposed until it is decided.
    this.#blockMax = Math.min(reservedIndices, Math.floor(indexWindowMax / 4))
    this.#outbox = outbox
    this.#barrier = barrier
  }

  /** After a restart: as much was reserved, perhaps by a program whose limits were others. */
  resume({ reserved }: Pick<StoreContents, 'reserved'>): void {
    this.#top = this.#durable = reserved
  }

  /** `index` is about to be given away. */
  reserve(index: number): void {
    this.#given++
    // Small at first: who crashes again and again leaves open a part of what it has proposed, and no more.
    const block = Math.min(this.#blockMax, Math.max(1, Math.floor(this.#given / 4)))
    if (block > 0) this.#raise(reservedFor(index, this.#top, block))
  }

  /** A preAccept with this index may leave before its record is durable. */
  covers(index: number): boolean {
    return index <= this.#durable
  }

  /**
   * All that was proposed becomes durable with the next flush, and nothing more is proposed: what was not used need not be
   * kept back at the next start; what an earlier life has reserved is, for it may have forgotten some of it.
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
    // Half a block is left; and what is not covered waits for this flush by itself.
    this.#outbox.whenDurableUnhurried(() => {
      this.#durable = top
    })
  }
}
