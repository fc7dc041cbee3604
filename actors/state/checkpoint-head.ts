import type { ExecutedSetData } from '../../machines/execution/executed-set.ts'
import type { Dependencies } from '../../machines/protocol/dependencies.ts'
import type { Codec } from '../../net/codec.ts'
import type { SegmentInfo } from '../tables/segment.ts'
import { SnapshotError } from './snapshot-error.ts'

/** Version of a checkpoint's head, raised with its meaning. */
const headVersion = 1

/** What a checkpoint says beside its tables: where in the order of execution the state stands, and its segments. */
export interface CheckpointHead extends ExecutedSetData {
  readonly version: typeof headVersion
  /** Client commands executed. */
  readonly commands: number
  /** The agreed floor, up to which records may go. */
  readonly agreed: Dependencies
  /** The index per row up to which records go with it. */
  readonly floor: Dependencies
  /** The segments of the state, and those of the conflict index: in the store they stand in this order. */
  readonly state: readonly SegmentInfo[]
  readonly index: readonly SegmentInfo[]
}

export const encodeHead = (head: Omit<CheckpointHead, 'version'>, codec: Codec): Uint8Array =>
  codec.encodeDeep({ version: headVersion, ...head })

/** @throws SnapshotError `snapshotVersion` */
export function decodeHead(bytes: Uint8Array, codec: Codec): CheckpointHead {
  const head = codec.decodeDeep(bytes) as CheckpointHead
  if (head.version !== headVersion)
    throw new SnapshotError(
      'snapshotVersion',
      `a checkpoint of version ${head.version}; this program reads version ${headVersion}`,
    )
  return head
}
