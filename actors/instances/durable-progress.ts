import type { Dependencies } from '../../machines/protocol/dependencies.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import { greatest } from '../../machines/protocol/truncation.ts'
import type { Execution } from '../execution/execution.ts'
import type { Entry, Ledger } from '../records/ledger.ts'
import type { Instances } from './instances.ts'

export interface DurableProgressPorts {
  readonly self: Rank
  readonly ledger: Ledger
  readonly execution: Execution
  readonly instances: () => Instances
}

/**
 * How far this replica is in what a crash cannot undo: what heartbeats may tell (B29), and which instance actors have
 * nothing left to do. What was executed by a flush, with its commits in it, is executed again after a restart without
 * anybody's help.
 */
export class DurableProgress {
  readonly #ports: DurableProgressPorts
  /** Executed; their actors end once that is durable. */
  #retiring: Entry[] = []
  #retiringWithFlush: Entry[] = []
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

  /** The actor of this executed instance ends once all that is written by now is durable. */
  retire(entry: Entry): void {
    if (entry.actor !== undefined) this.#retiring.push(entry)
  }

  /** A flush begins. */
  flushing(): void {
    this.#executedAtFlush = this.#ports.execution.prefix
    this.#ownIndexAtFlush = this.#ports.ledger.known[this.#ports.self]!
    this.#retiringWithFlush.push(...this.#retiring)
    this.#retiring = []
  }

  /** It has ended. */
  flushed(): void {
    // Never back: what an installed snapshot lacks is executed again from records that are durable.
    this.#executed = greatest(this.#executed, this.#executedAtFlush)
    this.#ownIndex = this.#ownIndexAtFlush
    const retiring = this.#retiringWithFlush
    this.#retiringWithFlush = []
    for (const entry of retiring) this.#ports.instances().retire(entry)
  }

  /** Nothing is left to be written: all that is in memory is durable. */
  allDurable(): void {
    this.flushing()
    this.flushed()
  }
}
