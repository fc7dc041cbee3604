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
 * The ids that this replica has heard of (section 4): each counts as seen, and is watched until it commits. An id
 * beyond the index window counts as seen once the window has moved.
 */
export class Heard implements Component {
  readonly #ports: HeardPorts
  /** Per row, the highest index that any replica has named as a dependency, or as known. */
  readonly #named: number[] = []

  constructor(ports: HeardPorts) {
    this.#ports = ports
  }

  /** Notes one id as heard of. */
  of({ rank, index }: Pick<InstanceId, 'rank' | 'index'>): void {
    const { ledger, limits, watch } = this.#ports
    if (ledger.distance(rank, index) <= limits.indexWindowMax) watch.heardOf(rank, index)
  }

  /** Notes every id in a dependency set as heard of. */
  ofAll(dep: Dependencies): void {
    const { ledger, limits, watch } = this.#ports
    dep.forEach((index, rank) => {
      if (index > (this.#named[rank] ?? 0)) this.#named[rank] = index
      if (index > 0) watch.heardOf(rank, Math.min(index, index - ledger.distance(rank, index) + limits.indexWindowMax))
    })
  }

  /** Counts every id that any record depends on as seen too, also if no live replica has a record of it. */
  resume(): void {
    const { ledger } = this.#ports
    const dependedOn = ledger.membership.members.map(() => 0)
    for (const { record } of ledger.entries())
      record?.dep.forEach((index, row) => {
        if (index > dependedOn[row]!) dependedOn[row] = index
      })
    this.ofAll(dependedOn)
  }

  /** Called at every heartbeat: the window may have moved. */
  tick(): void {
    this.ofAll(this.#named)
  }
}
