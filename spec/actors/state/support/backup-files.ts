import { digestOf } from '../../../../actors/shared/digest.ts'
import { defaultLimits } from '../../../../actors/shared/limits.ts'
import {
  type BackupHead,
  encodeBeginning,
  endOf,
  nameOf,
  type WholeBackup,
} from '../../../../actors/state/backup-file.ts'
import { finishRecord, writeKey } from '../../../../actors/tables/record.ts'
import { type SegmentInfo, seal } from '../../../../actors/tables/segment.ts'
import { createCodec } from '../../../../net/codec/create-codec.ts'

export const codec = createCodec(defaultLimits)

/** A segment of a table `keys`, with one record. */
export function segmentOf(id: number, bytes: number): { readonly info: SegmentInfo; readonly bytes: Uint8Array } {
  const segment = Uint8Array.from({ length: 38 + bytes }, (_, at) => (at * id) & 255)
  const info: SegmentInfo = { id, table: 'keys', kind: 'base', checkpoint: 4, from: 0, to: 9, size: segment.length }
  if (bytes > 0) {
    writeKey(segment, 38, `${id}`)
    finishRecord(segment, 38, segment.length, 0)
  }
  seal(segment, info)
  return { info, bytes: segment }
}

/** The file of a backup of some segments, and what it says of itself. */
export function backupFileOf(segments: readonly ReturnType<typeof segmentOf>[]) {
  const origin = { cluster: 'c', member: 2, takenMs: 5, commands: 7 }
  const head: BackupHead = { ...origin, segments: segments.map(({ info }) => info) }
  const beginning = encodeBeginning(head, codec)
  const parts = [beginning, ...segments.map(({ bytes }) => bytes), endOf(nameOf(beginning))]
  return { origin, head, parts, file: new Uint8Array(Buffer.concat(parts)) }
}

/** The bytes of a file of version 1, as programs of before wrote it: a header, plain data, and a digest of all before it. */
export function encodeWholeBackup({ version: _, ...backup }: WholeBackup): Uint8Array {
  const file = Buffer.concat([Buffer.from('EPAXOS BACKUP 1\n'), codec.encodeData(backup)])
  return new Uint8Array(Buffer.concat([file, Buffer.from(digestOf(file))]))
}
