import type { Rank } from '../../machines/protocol/membership.ts'
import type { StoreContents } from '../../storage/store.ts'
import type { Ledger } from '../records/ledger.ts'
import type { Links } from '../records/links.ts'
import type { Component } from '../shared/component.ts'
import type { Watch } from './watch.ts'

export interface RestartBarrierPorts {
  readonly self: Rank
  readonly ledger: Ledger
  readonly links: Links
  readonly watch: Watch
}

/**
 * After a restart under the faster rule this replica may have forgotten commands that it has proposed
 * ([section 6](../../machines/protocol/README.md#section-6)): all that was reserved counts as conflicting with
 * everything, in D0 and in votes, from then on. It is executed soon, and to depend on it costs nothing then; to lift
 * the barrier would break Agreement (D1c).
 */
export class RestartBarrier implements Component {
  readonly #ports: RestartBarrierPorts
  #top = 0

  constructor(ports: RestartBarrierPorts) {
    this.#ports = ports
  }

  /** Own indices up to here may have been forgotten, and count as conflicting with everything; 0: none. */
  get top(): number {
    return this.#top
  }

  /** After a restart. None of these is given away again, and those of which there is no record are to be recovered. */
  raise(top: number): void {
    const { self, ledger } = this.#ports
    if (top === 0) return
    this.#top = top
    ledger.heardOf(self, top)
    ledger.raiseBarrier(self, top)
  }

  /** What was reserved by earlier lives. */
  resume({ reserved }: StoreContents): void {
    this.raise(reserved)
  }

  start(): void {
    this.hasten()
  }

  /**
   * Voting begins, or a peer lives: once a quorum does, what was forgotten is decided at once, for execution waits for it
   * everywhere.
   */
  hasten(): void {
    const { self, ledger, links, watch } = this.#ports
    if (this.#top === 0) return
    const heard = links.peers.filter(peer => links.state(peer) === 'live').length
    if (heard + 1 >= ledger.membership.quorums.slow) watch.hasten(self, this.#top)
  }
}
