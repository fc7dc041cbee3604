import type { Dependencies } from '../../machines/protocol/dependencies.ts'
import type { InstanceId } from '../../machines/protocol/instance-id.ts'
import type { Ledger } from '../records/ledger.ts'
import type { Component } from '../shared/component.ts'
import type { Limits } from '../shared/limits.ts'
import type { Watch } from './watch.ts'

export interface HeardPorts {
  readonly ledger: Ledger
  readonly limits: Limits
  readonly watch: Watch
}

/**
 * Which ids this replica has heard of (section 4): each counts as seen, and is watched until it commits. What lies beyond the
 * index window does so once the window has moved.
 */
export class Heard implements Component {
  readonly #ports: HeardPorts
  /** Per row, the highest index that anybody has named as something to depend on, or known. */
  readonly #named: number[] = []

  constructor(ports: HeardPorts) {
    this.#ports = ports
  }

  /** One id. */
  of({ rank, index }: Pick<InstanceId, 'rank' | 'index'>): void {
    const { ledger, limits, watch } = this.#ports
    if (ledger.distance(rank, index) <= limits.indexWindowMax) watch.heardOf(rank, index)
  }

  /** Every id in a dependency set. */
  ofAll(dep: Dependencies): void {
    const { ledger, limits, watch } = this.#ports
    dep.forEach((index, rank) => {
      if (index > (this.#named[rank] ?? 0)) this.#named[rank] = index
      if (index > 0) watch.heardOf(rank, Math.min(index, index - ledger.distance(rank, index) + limits.indexWindowMax))
    })
  }

  /** All that any record depends on counts as seen too, also when nobody who lives has a record of it. */
  resume(): void {
    const { ledger } = this.#ports
    const dependedOn = ledger.membership.members.map(() => 0)
    for (const { record } of ledger.entries())
      record?.dep.forEach((index, row) => {
        if (index > dependedOn[row]!) dependedOn[row] = index
      })
    this.ofAll(dependedOn)
  }

  /** The window may have moved. */
  tick(): void {
    this.ofAll(this.#named)
  }
}
