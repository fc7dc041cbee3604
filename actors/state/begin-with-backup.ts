import { ExecutedSet } from '../../machines/execution/executed-set.ts'
import { noDependencies } from '../../machines/protocol/dependencies.ts'
import type { Codec } from '../../net/codec.ts'
import type { StoreBootstrap } from '../../storage/owner.ts'
import type { Backup } from './backup-file.ts'
import { encodeHead } from './checkpoint-head.ts'
import { snapshotToBeginWith } from './snapshots.ts'

/**
 * The first state in the store of a member of a new cluster: that of a backup, with none of the new instances executed.
 * Its segments are read from the backup one by one, while the store writes them.
 * @param n the number of members of the new cluster
 */
export function beginWithBackup(
  backup: Backup,
  n: number,
  codec: Codec,
): Pick<StoreBootstrap, 'snapshot' | 'checkpoint'> {
  const { commands } = backup
  if (backup.version === 1) return { snapshot: codec.encodeData(snapshotToBeginWith(backup.state, commands, n)) }
  const none = noDependencies(n)
  const { segments: state } = backup
  const place = { ...new ExecutedSet(n).toData(), commands, agreed: none, floor: none }
  return {
    checkpoint: {
      // The next one is greater than those that the segments belong to.
      number: state.reduce((greatest, { checkpoint }) => Math.max(greatest, checkpoint), 1),
      head: encodeHead({ ...place, state, index: [] }, codec),
      segments: backup.read(),
    },
  }
}
