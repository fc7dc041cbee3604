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

/** The progress of this replica that a crash cannot undo. Heartbeats tell no other (B29). */
export class DurableProgress {
  readonly #ports: DurableProgressPorts
  #executed: Dependencies
  #executedAtFlush: Dependencies
  #ownIndex: number
  #ownIndexAtFlush: number
  #isHeld = false

  constructor(ports: DurableProgressPorts) {
    this.#ports = ports
    this.#executed = this.#executedAtFlush = ports.execution.prefix
    this.#ownIndex = this.#ownIndexAtFlush = 0
  }

  /** Per row, the index up to which all are durably executed. */
  get executed(): Dependencies {
    return this.#executed
  }

  /**
   * Per row, the highest known index. In the own row it is the highest that a crash cannot undo: others would recover
   * it.
   */
  get known(): Dependencies {
    return this.#ports.ledger.known.with(this.#ports.self, this.#ownIndex)
  }

  /**
   * Called when a snapshot of another replica was installed: until a checkpoint has it, a crash undoes it, and nothing
   * executed in it counts.
   */
  hold(): void {
    this.#isHeld = true
  }

  /** Called when the state is durable as it stands. */
  release(): void {
    this.#isHeld = false
  }

  /**
   * Called at a restart, before the state stands: what is durable is executed again, and was perhaps told as executed
   * ([rule 8.14](../../machines/protocol/README.md#rule-8-14)).
   */
  willExecute(executed: Dependencies): void {
    this.#executed = greatest(this.#executed, executed)
  }

  /** Called when a flush begins. */
  flushing(): void {
    const { self, ledger, execution } = this.#ports
    if (!this.#isHeld) this.#executedAtFlush = execution.prefix
    // Not what others have named in the own row: a crash would undo it, and this replica would be taken for an old copy
    // (S1).
    this.#ownIndexAtFlush = Math.max(ledger.writtenOf(self), this.#executedAtFlush[self]!)
  }

  /** Called when the flush has ended. */
  flushed(): void {
    // Progress never goes back: instances that an installed snapshot lacks are executed again from durable records.
    this.#executed = greatest(this.#executed, this.#executedAtFlush)
    this.#ownIndex = this.#ownIndexAtFlush
  }
}
