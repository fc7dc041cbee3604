import type { Dependencies } from '../../machines/protocol/dependencies.ts'
import type { InstanceId } from '../../machines/protocol/instance-id.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import { unannouncedMax } from '../../machines/protocol/reach.ts'
import type { Ledger } from '../records/ledger.ts'
import type { Component } from '../shared/component.ts'
import type { Limits } from '../shared/limits.ts'
import type { Reach } from './reach.ts'
import type { Watch } from './watch.ts'

export interface HeardPorts {
  readonly ledger: Ledger
  readonly limits: Limits
  readonly watch: Watch
  readonly reach: Pick<Reach, 'announced' | 'furthest' | 'hearing'>
}

/**
 * The ids that this replica has heard of (section 4): each counts as seen, and is watched until it commits. An id
 * beyond the index window counts as seen once the window has moved, and one with many unknown ids before it some time
 * later.
 */
export class Heard implements Component {
  readonly #ports: HeardPorts
  /** Per row, the highest index that any replica has named as a dependency. */
  readonly #named: number[] = []

  constructor(ports: HeardPorts) {
    this.#ports = ports
  }

  /** Notes one id as heard of. */
  of({ rank, index }: Pick<InstanceId, 'rank' | 'index'>): void {
    const { ledger, limits } = this.#ports
    if (ledger.distance(rank, index) <= limits.indexWindowMax) this.#withinReach(rank, index)
  }

  /** Notes every id in a dependency set as heard of. */
  ofAll(dep: Dependencies): void {
    dep.forEach((index, rank) => {
      if (index > 0) this.named({ rank, index })
    })
  }

  /** Notes an id as heard of, and those before it: now as far as they are in reach, the others as time goes on. */
  named({ rank, index }: Pick<InstanceId, 'rank' | 'index'>): void {
    if (index > (this.#named[rank] ?? 0)) this.#named[rank] = index
    this.#withinReach(rank, index)
  }

  /**
   * Notes the ids that the owner of a row has announced in a heartbeat ([rule
   * 7.3](../../machines/protocol/README.md#rule-7-3)). What others say of its row counts for nothing, and one
   * heartbeat adds no more than a part of the window.
   */
  announced(owner: Rank, index: number): void {
    const { ledger, limits, reach } = this.#ports
    const most = ledger.knownOf(owner) + unannouncedMax(limits.indexWindowMax)
    if (index <= 0) return
    reach.announced(owner, this.#withinReach(owner, Math.min(index, most)))
  }

  /** Notes that this replica gives an index of its own away. */
  given(self: Rank, index: number): void {
    const { watch, reach } = this.#ports
    watch.heardOf(self, index)
    reach.announced(self, index)
  }

  /** Counts every id that any record depends on as seen too, also if no live replica has a record of it. */
  resume(): void {
    const { ledger } = this.#ports
    const dependedOn = ledger.membership.members.map(() => 0)
    for (const { record } of ledger.entries())
      record?.dep.forEach((index, row) => {
        if (index > dependedOn[row]!) dependedOn[row] = index
      })
    dependedOn.forEach((index, rank) => {
      if (index > 0) this.#withinWindow(rank, index)
    })
    this.ofAll(dependedOn)
  }

  /** Called at every heartbeat: the window may have moved. */
  tick(): void {
    this.ofAll(this.#named)
  }

  /** @returns the part of the row up to `index` that lies within the window, and may be heard of now */
  #withinReach(rank: Rank, index: number): number {
    const { reach } = this.#ports
    const within = Math.min(index, reach.furthest(rank))
    reach.hearing(rank, within)
    return this.#withinWindow(rank, within)
  }

  /** @returns the part of the row up to `index` that lies within the window */
  #withinWindow(rank: Rank, index: number): number {
    const { ledger, limits, watch } = this.#ports
    const within = Math.min(index, index - ledger.distance(rank, index) + limits.indexWindowMax)
    watch.heardOf(rank, within)
    return within
  }
}
