import type { Dependencies } from '../../machines/protocol/dependencies.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import { greatest } from '../../machines/protocol/truncation.ts'
import type { Execution } from '../execution/execution.ts'
import type { Ledger } from '../records/ledger.ts'

export interface DurableProgressPorts {
  readonly self: Rank
  readonly ledger: Ledger
  readonly execution: Execution
}

/** How far this replica is in what a crash cannot undo: what heartbeats may tell (B29). */
export class DurableProgress {
  readonly #ports: DurableProgressPorts
  #executed: Dependencies
  #executedAtFlush: Dependencies
  #ownIndex: number
  #ownIndexAtFlush: number

  constructor(ports: DurableProgressPorts) {
    this.#ports = ports
    this.#executed = this.#executedAtFlush = ports.execution.prefix
    this.#ownIndex = this.#ownIndexAtFlush = 0
  }

  /** Per row, durably executed without a gap up to here. */
  get executed(): Dependencies {
    return this.#executed
  }

  /** Per row, the highest index known of; of the own row the highest that a crash cannot undo: others would recover it. */
  get known(): Dependencies {
    return this.#ports.ledger.known.with(this.#ports.self, this.#ownIndex)
  }

  /** A flush begins. */
  flushing(): void {
    this.#executedAtFlush = this.#ports.execution.prefix
    this.#ownIndexAtFlush = this.#ports.ledger.known[this.#ports.self]!
  }

  /** It has ended. */
  flushed(): void {
    // Never back: what an installed snapshot lacks is executed again from records that are durable.
    this.#executed = greatest(this.#executed, this.#executedAtFlush)
    this.#ownIndex = this.#ownIndexAtFlush
  }
}
