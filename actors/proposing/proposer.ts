import { type Dependencies, normalised } from '../../machines/protocol/dependencies.ts'
import type { InstanceId } from '../../machines/protocol/instance-id.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import { greatest } from '../../machines/protocol/truncation.ts'
import type { Execution } from '../execution/execution.ts'
import type { Heard } from '../instances/heard.ts'
import type { OwnInstances } from '../instances/own-instances.ts'
import type { Reservation } from '../instances/reservation.ts'
import type { StepsInstances } from '../instances/stepper.ts'
import type { Ledger } from '../records/ledger.ts'
import type { Batch } from './batch.ts'
import type { Gate } from './gate.ts'
import type { Pace } from './pace.ts'
import type { Proposals } from './proposals.ts'

export interface ProposerPorts {
  readonly self: Rank
  readonly ledger: Ledger
  readonly proposals: Proposals
  readonly execution: Execution
  readonly stepper: StepsInstances
  readonly own: OwnInstances<Batch>
  readonly heard: Pick<Heard, 'given'>
  readonly reservation: Reservation
  /** The lower bound of D0 for new proposals (section 6, the barriers of others; section 8, level 2). */
  raised(): Dependencies
  readonly gate: Gate
  readonly pace: Pace
}

/** Makes instances of waiting commands at the end of each turn: batches, ids and D0. */
export class Proposer {
  readonly #ports: ProposerPorts

  constructor(ports: ProposerPorts) {
    this.#ports = ports
  }

  /** Proposes waiting commands, one batch per instance, until the gate closes. */
  proposeAll(): void {
    const { gate, proposals } = this.#ports
    while (gate.ask() === 'open') {
      const batch = proposals.take()
      if (batch === undefined) {
        gate.tookNothing()
        break
      }
      this.#propose(batch)
    }
    gate.turnEnded()
  }

  #propose(batch: Batch): void {
    const { self, ledger, proposals, pace, execution, stepper, own, heard } = this.#ports
    // Indices are never reused (B20): the new one is above every index of this row that this or any other replica has
    // ever heard of, and above all that an earlier life has reserved. An index that was told and forgotten is decided
    // by all, as Nop or as the value that others have of it.
    const index = ledger.known[self]! + 1
    pace.left()
    this.#ports.reservation.reserve(index)
    const id: InstanceId = { epoch: ledger.membership.epoch, rank: self, index }
    const cmd = batch.command
    const conflicting = normalised(id, greatest(ledger.conflicting(id, cmd), this.#ports.raised()))
    execution.proposed(id, batch.proposedPayloads)
    proposals.proposed(batch)
    own.proposed(index, batch)
    heard.given(self, index)
    // Rule 3.1: to all, itself included; the conflicts here are D0 itself.
    stepper.send(ledger.entry(id), {
      type: 'preAccept',
      from: self,
      message: { type: 'preAccept', id, cmd, dep: conflicting },
      conflicting,
    })
  }
}
