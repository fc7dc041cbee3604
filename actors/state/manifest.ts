import type { Codec } from '../../net/codec.ts'
import { digestOf } from '../shared/digest.ts'
import type { SegmentInfo } from '../tables/segment.ts'
import { type CheckpointHead, decodeHead } from './checkpoint-head.ts'
import { SnapshotError } from './snapshot-error.ts'

/** Version of a transfer, raised with the meaning of its parts. */
const transferVersion = 3

/** The first part of a checkpoint on its way to another replica: it says which parts follow. */
interface ManifestData {
  readonly version: typeof transferVersion
  readonly head: Uint8Array
  /** Frames of commits, which come after the segments. */
  readonly frames: number
}

/** A checkpoint that another replica offers. */
export interface Manifest {
  /** Digest of its bytes: the name of the transfer. */
  readonly name: string
  readonly head: CheckpointHead
  /** Its segments, those of the state and then those of the index: the first parts. */
  readonly segments: readonly SegmentInfo[]
  readonly frames: number
}

/** The name of a part while it is fetched. The manifest has that of the transfer. */
export const partName = (name: string, at: number): string => `${name}/${at}`

export const encodeManifest = (head: Uint8Array, frames: number, codec: Codec): Uint8Array =>
  codec.encodeDeep({ version: transferVersion, head, frames } satisfies ManifestData)

/** @throws SnapshotError `snapshotMalformed`, `snapshotVersion` */
export function decodeManifest(bytes: Uint8Array, codec: Codec): Manifest {
  try {
    const { version, head: encoded, frames } = codec.decodeDeep(bytes) as Partial<ManifestData>
    if (version !== transferVersion)
      throw new SnapshotError(
        'snapshotVersion',
        `a transfer of version ${version}; this program reads version ${transferVersion}`,
      )
    if (!(encoded instanceof Uint8Array) || !Number.isSafeInteger(frames)) throw new TypeError('a head is expected')
    const head = decodeHead(encoded, codec)
    return { name: digestOf(bytes), head, segments: [...head.state, ...head.index], frames: frames! }
  } catch (cause) {
    if (cause instanceof SnapshotError) throw cause
    throw new SnapshotError('snapshotMalformed', `it cannot be read: ${(cause as Error).message}`, { cause })
  }
}
