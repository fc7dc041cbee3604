import type { Dependencies } from '../../machines/protocol/dependencies.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import { greatest, recordFloor } from '../../machines/protocol/truncation.ts'
import type { Execution } from '../execution/execution.ts'
import type { DurableProgress } from '../instances/durable-progress.ts'
import { belowLatest } from '../records/below-latest.ts'
import type { Ledger } from '../records/ledger.ts'
import type { Links } from '../records/links.ts'
import type { Component } from '../shared/component.ts'
import type { Limits } from '../shared/limits.ts'
import type { CheckpointTurns } from './checkpoint-turns.ts'
import type { Checkpoints } from './checkpoints.ts'

export interface TruncationPorts {
  readonly self: Rank
  readonly limits: Limits
  readonly ledger: Ledger
  readonly links: Links
  readonly execution: Execution
  readonly progress: DurableProgress
  readonly checkpoints: Pick<Checkpoints, 'begin' | 'isUnderWay' | 'summary'>
  readonly turns: CheckpointTurns
  /** Proposes a truncation. @param settled it was executed, or never will be */
  propose(floor: Dependencies, settled: () => void): void
}

/** A checkpoint waits for no other replica when so many times as much was executed as it is begun after. */
const pressingShare = 4

/**
 * Begins checkpoints at intervals, and with each lets the records go that no replica needs any more (section 8, level
 * 1).
 */
export class Truncation implements Component {
  readonly #ports: TruncationPorts
  /** Totals at the last checkpoint. */
  #commandsAt = 0
  #instancesAt = 0
  #bytesAt = 0
  #isProposing = false

  constructor(ports: TruncationPorts) {
    this.#ports = ports
  }

  /** Takes over the totals of the last checkpoint after a restart. */
  resume(): void {
    this.#mark()
  }

  #mark(): void {
    const { commands, count, bytes } = this.#ports.execution
    this.#commandsAt = commands
    this.#instancesAt = count
    this.#bytesAt = bytes
  }

  /** Called between two turns: begins a checkpoint when enough was executed since the last. */
  sometimes(): void {
    const { limits, execution, checkpoints, turns } = this.#ports
    if (checkpoints.isUnderWay) return
    // Nops are no commands, and have records all the same.
    const executed = Math.max(execution.commands - this.#commandsAt, execution.count - this.#instancesAt)
    const bytes = execution.bytes - this.#bytesAt
    const share = Math.max(executed / limits.snapshotCommands, bytes / limits.snapshotAfterBytes)
    if (share >= 1 && turns.mayBegin(share >= pressingShare)) this.now()
  }

  /** Begins a checkpoint, with which records go. */
  now(): void {
    const { limits, ledger, execution, checkpoints, turns } = this.#ports
    this.#mark()
    turns.begun()
    checkpoints.begin(greatest(ledger.floor, belowLatest(ledger, execution.agreed.within(execution.prefix), limits)))
  }

  /** Called at every heartbeat. */
  tick(): void {
    this.#agree()
  }

  /**
   * Proposes the next agreed floor: the index per row up to which all are durably executed at n - f members. The first
   * live replica proposes, the others only if it does not.
   */
  #agree(): void {
    const { self, limits, ledger, links, execution, progress, propose } = this.#ports
    const { agreed, sinceAgreed } = execution
    const share = (1 + Math.max(0, links.live().indexOf(self))) / 4
    const { commands, bytes } = sinceAgreed
    if (commands < limits.snapshotCommands * share && bytes < limits.snapshotAfterBytes * share) return
    if (this.#isProposing) return
    const others = this.#executedByOthers
    const floor = recordFloor(ledger.membership.quorums, progress.executed, others)
    if (!floor.some((index, rank) => index > agreed.latest[rank]!)) return
    this.#isProposing = true
    propose(greatest(agreed.latest, floor), () => {
      this.#isProposing = false
    })
  }

  /** Per peer, its durably executed prefixes by its last heartbeat; undefined for a peer not heard of. */
  get #executedByOthers(): readonly (Dependencies | undefined)[] {
    const { links } = this.#ports
    return links.peers.map(peer => links.progress(peer).executed)
  }
}
