import type { Rank } from '../../machines/protocol/membership.ts'
import type { Parts } from '../replica/parts.ts'
import { replay } from '../replica/rebuild.ts'
import { readTransfer } from './transferred-snapshot.ts'

/**
 * Puts a snapshot of another replica in the place of the own state (protocol.md section 8): what was executed there counts
 * as executed here, what was executed here alone is executed again from its records, own votes stay.
 * @throws SnapshotError when it is of another version, or lacks what was executed here and cannot be executed again
 */
export function installSnapshot(
  bytes: Uint8Array,
  donor: Rank,
  { self, codec, snapshots, ledger, execution, instances, progress, proposer, watch, outbox }: Parts,
): void {
  const { snapshot, commits } = readTransfer(bytes, codec)
  snapshots.install(snapshots.read(snapshot))
  for (const message of commits) {
    const { rank, index } = message.id
    // The donor may keep more than this replica does.
    if (ledger.isTruncated(rank, index)) continue
    const entry = ledger.entry(message.id)
    if (entry.record?.phase === 'committed') continue
    instances.send(entry, { type: 'commit', from: donor, message })
  }
  // An own fast-path commit that is not durable yet is executed once it is, as always.
  replay(ledger, execution, entry => outbox.isDurable(entry) || !instances.hasCommittedFast(entry))
  for (const id of watch.ids()) {
    if (!execution.has(id)) continue
    watch.committed(id.rank, id.index)
    if (id.rank === self) proposer.committed(id.index)
  }
  // What lies between the ids that it has executed was heard of with them.
  for (const { id } of ledger.uncommitted()) watch.resume(id.rank, id.index)
  for (const entry of ledger.entries()) if (entry.executed) progress.retire(entry)
  // Their results were given elsewhere: nobody here can say what they were.
  for (const proposal of execution.takeExecutedElsewhere()) proposal.abandoned()
}
