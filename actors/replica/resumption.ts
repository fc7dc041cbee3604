import type { Rank } from '../../machines/protocol/membership.ts'
import type { StepsInstances } from '../instances/stepper.ts'
import type { Watch } from '../instances/watch.ts'
import type { Ledger } from '../records/ledger.ts'
import type { Component } from '../shared/component.ts'

export interface ResumptionPorts {
  readonly self: Rank
  readonly ledger: Ledger
  readonly watch: Watch
  readonly stepper: StepsInstances
}

/**
 * The first step after a restart: uncommitted instances are watched, and own instances go on at ballot 0 (section 6).
 */
export class Resumption implements Component {
  readonly #ports: ResumptionPorts

  constructor(ports: ResumptionPorts) {
    this.#ports = ports
  }

  start(): void {
    const { self, ledger, watch, stepper } = this.#ports
    for (const entry of ledger.uncommitted()) {
      watch.resume(entry.id.rank, entry.id.index)
      if (entry.id.rank === self) stepper.send(entry, { type: 'resume' })
    }
  }
}
