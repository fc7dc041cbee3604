import type { Rank } from '../../machines/protocol/membership.ts'
import type { StoreContents } from '../../storage/store.ts'
import type { Execution } from '../execution/execution.ts'
import type { Ledger } from '../records/ledger.ts'
import type { Links } from '../records/links.ts'
import type { Component } from '../shared/component.ts'
import type { Watch } from './watch.ts'

export interface RestartBarrierPorts {
  readonly self: Rank
  readonly ledger: Ledger
  readonly execution: Pick<Execution, 'prefix'>
  readonly links: Links
  readonly watch: Watch
}

/**
 * The barrier of a replica that restarted under the faster rule, and may have forgotten commands that it has proposed
 * ([section 6](../../machines/protocol/README.md#section-6)). All reserved indices count as conflicting with
 * everything, in D0 and in votes, from then on. They are executed soon, and a dependency on them costs nothing then;
 * lifting the barrier would break Agreement (D1c).
 */
export class RestartBarrier implements Component {
  readonly #ports: RestartBarrierPorts
  #top = 0

  constructor(ports: RestartBarrierPorts) {
    this.#ports = ports
  }

  /** The highest own index that may have been forgotten; all up to it count as conflicting with everything. 0: none. */
  get top(): number {
    return this.#top
  }

  /**
   * The barrier as the others are told of it: not before all of it is executed here, or their commands would depend on
   * ids that nobody has decided. Safety does not need it: the votes of this replica are raised from the beginning.
   */
  get announced(): number {
    const { self, execution } = this.#ports
    return execution.prefix[self]! >= this.#top ? this.#top : 0
  }

  /**
   * Raises the barrier after a restart. No index up to it is given away again, and those without a record are to be
   * recovered.
   */
  raise(top: number): void {
    const { self, ledger } = this.#ports
    if (top === 0) return
    this.#top = top
    ledger.heardOf(self, top)
    ledger.raiseBarrier(self, top)
  }

  /** Raises the barrier to the indices reserved by earlier lives. */
  resume({ reserved }: StoreContents): void {
    this.raise(reserved)
  }

  start(): void {
    this.hasten()
  }

  /**
   * Called when voting begins, or a peer becomes live. Once a quorum is live, forgotten indices are decided at once,
   * since execution waits for them at every replica.
   */
  hasten(): void {
    const { self, ledger, links, watch } = this.#ports
    if (this.#top === 0) return
    const heard = links.peers.filter(peer => links.state(peer) === 'live').length
    if (heard + 1 >= ledger.membership.quorums.slow) watch.hasten(self, this.#top)
  }
}
