import type { Dependencies } from '../../machines/protocol/dependencies.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import { greatest, recordFloor } from '../../machines/protocol/truncation.ts'
import type { Execution } from '../execution/execution.ts'
import type { Commits } from '../instances/commits.ts'
import type { DurableProgress } from '../instances/durable-progress.ts'
import type { Instances } from '../instances/instances.ts'
import type { Ledger } from '../records/ledger.ts'
import type { Links } from '../records/links.ts'
import type { Outbox } from '../records/outbox.ts'
import type { Component } from '../shared/component.ts'
import type { Limits } from '../shared/limits.ts'
import type { Tap } from '../shared/tap.ts'
import { ifThereIsAState } from '../shared/user-state-machine.ts'
import type { SnapshotData, Snapshots } from './snapshots.ts'

export interface TruncationPorts {
  readonly self: Rank
  readonly limits: Limits
  readonly ledger: Ledger
  readonly links: Links
  readonly outbox: Outbox
  readonly execution: Execution
  readonly progress: DurableProgress
  readonly snapshots: Snapshots
  /** Proposes a truncation. @param settled it was executed, or never will be */
  propose(floor: Dependencies, settled: () => void): void
  readonly instances: Instances
  readonly commits: Commits
  readonly tap: Tap | undefined
}

/**
 * A snapshot is taken when the executed commands have so many times the bytes of the last one: at 1, large states took
 * a tenth of the time.
 */
const snapshotsApart = 2

/**
 * Takes local snapshots at intervals, and with each lets the records go that no replica needs any more (section 8,
 * level 1).
 */
export class Truncation implements Component {
  readonly #ports: TruncationPorts
  /** Totals at the last snapshot. */
  #commandsAt = 0
  #instancesAt = 0
  #bytesAt = 0
  #isProposing = false

  constructor(ports: TruncationPorts) {
    this.#ports = ports
  }

  /** Takes over the totals of the last snapshot after a restart. */
  resume(): void {
    this.#mark()
  }

  #mark(): void {
    const { commands, count, bytes } = this.#ports.execution
    this.#commandsAt = commands
    this.#instancesAt = count
    this.#bytesAt = bytes
  }

  /**
   * Called between two turns: takes a snapshot when enough was executed since the last, so that it costs a bounded
   * share of the time, whatever its size.
   */
  sometimes(): void {
    const { limits, execution, snapshots } = this.#ports
    // Nops are no commands, and have records all the same.
    const executed = Math.max(execution.commands - this.#commandsAt, execution.count - this.#instancesAt)
    const bytes = execution.bytes - this.#bytesAt
    if (executed < limits.snapshotCommands && bytes < limits.snapshotAfterBytes) return
    if (bytes < snapshotsApart * (snapshots.latest?.bytes.length ?? 0)) return
    this.now()
  }

  /** Takes a last snapshot, so that the next start begins there. */
  drained(): void {
    this.now()
  }

  /**
   * Takes a snapshot, with its deletions, all in the next flush.
   * @returns false when the state machine gave no state, or more than may be written: nothing is written or let go, and
   * it is asked again after as many commands
   */
  now(): boolean {
    const { limits, ledger, outbox, execution, snapshots } = this.#ports
    this.#mark()
    const floor = greatest(ledger.floor, ledger.belowLatest(execution.agreed.within(execution.prefix), limits))
    const snapshot = ifThereIsAState(() => snapshots.take(floor))
    if (snapshot === undefined) return false
    outbox.writeExtra({ snapshot, truncate: { epoch: ledger.membership.epoch, upTo: floor } })
    ledger.letGo(floor)
    outbox.whenDurable(() => this.#truncated(floor))
    return true
  }

  /**
   * Called in place of `now` after an installation, when the state machine gives no state: the installed snapshot
   * becomes the own one, and nothing more is let go. What was executed here beyond it is executed again at a restart,
   * from its records.
   */
  keepInstalled(data: SnapshotData): void {
    const { ledger, outbox, snapshots } = this.#ports
    const { epoch } = ledger.membership
    outbox.writeExtra({ snapshot: snapshots.adopt(data), truncate: { epoch, upTo: ledger.floor } })
  }

  /** Drops from memory the records that are gone from disk. */
  #truncated(floor: Dependencies): void {
    const { ledger, instances, commits, tap } = this.#ports
    ledger.truncate(floor, entry => instances.forget(entry))
    commits.truncated(floor)
    tap?.truncated?.(1, floor)
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
