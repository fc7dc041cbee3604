import type { Membership, Rank } from '../../machines/protocol/membership.ts'
import type { Codec } from '../../net/codec.ts'
import type { Execution } from '../execution/execution.ts'
import type { Instances } from '../instances/instances.ts'
import type { OwnInstances } from '../instances/own-instances.ts'
import type { StepsInstances } from '../instances/stepper.ts'
import type { Watch } from '../instances/watch.ts'
import type { Batch } from '../proposing/batch.ts'
import type { Proposals } from '../proposing/proposals.ts'
import type { Donors } from '../records/donors.ts'
import type { Ledger } from '../records/ledger.ts'
import type { Outbox } from '../records/outbox.ts'
import type { Retirement } from '../records/retirement.ts'
import type { Counters } from '../shared/counters.ts'
import type { ReplicaEvent } from '../shared/events.ts'
import type { Tap } from '../shared/tap.ts'
import type { Works } from '../shared/works.ts'
import { checkSnapshotCommits } from './check-snapshot.ts'
import { replay } from './rebuild.ts'
import { SnapshotError } from './snapshot-error.ts'
import type { SnapshotData, Snapshots } from './snapshots.ts'
import { readTransfer } from './transferred-snapshot.ts'
import type { Truncation } from './truncation.ts'

export interface InstallerPorts {
  readonly self: Rank
  readonly membership: Membership
  readonly codec: Codec
  readonly snapshots: Snapshots
  readonly ledger: Ledger
  readonly execution: Execution
  readonly instances: Instances
  readonly stepper: StepsInstances
  readonly own: OwnInstances<Batch>
  readonly proposals: Proposals
  readonly watch: Watch
  readonly retirement: Retirement
  readonly outbox: Outbox
  readonly donors: Donors
  readonly truncation: Truncation
  readonly counters: Counters
  readonly works: Pick<Works, 'during'>
  readonly tap: Tap | undefined
  /** Reports an event to the operator. */
  log(event: ReplicaEvent): void
}

/**
 * Installs snapshots of other replicas (section 8). A replica that missed too much to fetch single commits gets the
 * whole state.
 */
export class Installer {
  readonly #ports: InstallerPorts

  constructor(ports: InstallerPorts) {
    this.#ports = ports
  }

  /** Called when a snapshot has arrived. A useless one is dropped, and other donors are asked. */
  install(donor: Rank, bytes: Uint8Array): void {
    this.#ports.works.during('load', () => this.#install(donor, bytes))
  }

  #install(donor: Rank, bytes: Uint8Array): void {
    const { membership, counters, execution, proposals, truncation, donors, tap, log } = this.#ports
    const member = membership.members[donor]!
    try {
      const installed = this.#replace(bytes, donor)
      counters.snapshotsInstalled++
      // Instances executed here alone come first: the own snapshot that follows stands no lower than the records that
      // went here.
      proposals.resubmit(execution.run())
      if (!truncation.now()) truncation.keepInstalled(installed)
      tap?.snapshotCame?.(donor, true)
      log({ code: 'snapshotInstalled', donor: member, bytes: bytes.length })
    } catch (error) {
      if (!(error instanceof SnapshotError)) throw error
      donors.didNotHelp(donor)
      tap?.snapshotCame?.(donor, false)
      log({ code: 'snapshotUseless', donor: member, error })
    }
  }

  /**
   * Replaces the own state by a snapshot of another replica. Instances executed there count as executed here, those
   * executed here alone are executed again from their records, and own votes stay.
   * @returns the snapshot
   * @throws SnapshotError when it is of another version, or lacks instances executed here that cannot be executed again
   */
  #replace(bytes: Uint8Array, donor: Rank): SnapshotData {
    const { codec, membership, snapshots, ledger, execution, instances, stepper, watch, outbox, retirement } =
      this.#ports
    const { snapshot, commits } = readTransfer(bytes, codec)
    const data = snapshots.readOfDonor(snapshot)
    checkSnapshotCommits(commits, donor, membership)
    snapshots.install(data)
    for (const message of commits) {
      const { rank, index } = message.id
      // The donor may keep more than this replica does.
      if (ledger.isTruncated(rank, index)) continue
      const entry = ledger.entry(message.id)
      if (entry.record?.phase === 'committed') continue
      stepper.send(entry, { type: 'commit', from: donor, message })
    }
    // An own fast-path commit that is not durable yet is executed once it is, as always.
    replay(ledger, execution, entry => outbox.isDurable(entry) || !instances.hasCommittedFast(entry))
    for (const id of watch.ids()) {
      if (!execution.has(id)) continue
      watch.committed(id.rank, id.index)
      this.#ownCommitted(id.rank, id.index)
    }
    // The gaps between its executed ids count as heard of too.
    for (const { id } of ledger.uncommitted()) watch.resume(id.rank, id.index)
    for (const entry of ledger.entries()) if (entry.executed) retirement.add(entry)
    // Their results were given elsewhere, and are not known here.
    for (const proposal of execution.takeExecutedElsewhere()) proposal.abandoned()
    return data
  }

  #ownCommitted(rank: Rank, index: number): void {
    const { self, own, proposals } = this.#ports
    const batch = rank === self ? own.committed(index) : undefined
    if (batch !== undefined) proposals.committed(batch)
  }
}
