import type { ErrorCodeOf } from '../../machines/protocol/error-codes.ts'
import { EpaxosError } from '../../machines/protocol/errors.ts'
import type { Codec } from '../../net/codec.ts'
import { digestOf } from '../shared/digest.ts'
import type { SegmentInfo } from '../tables/segment.ts'

/** The origin of a backup: the replicated state of one cluster at one point of execution. Plain data. */
export interface BackupSummary {
  readonly cluster: string
  /** The member that took it, and its time of day then (ms since 1970). */
  readonly member: number
  readonly takenMs: number
  /** Client commands executed up to there. */
  readonly commands: number
}

/** A backup of version 1: the state of the state machine, and the sessions of its clients, as one array of bytes. */
export interface WholeBackup extends BackupSummary {
  readonly version: 1
  readonly state: Uint8Array
}

/** The head of a backup of version 2: its origin, and the segments that follow, in this order. */
export interface BackupHead extends BackupSummary {
  readonly segments: readonly SegmentInfo[]
}

/** A backup of version 2: the segments of a checkpoint's tables, the sessions among them, and not the conflict index. */
export interface SegmentsBackup extends BackupHead {
  readonly version: 2
  /**
   * Reads the segments one by one, each when it is asked for.
   * @throws BackupError `backupDamaged` at a segment that is not as it was written
   */
  read(): Iterable<Uint8Array>
}

/** The contents of a backup file, of either version. */
export type Backup = WholeBackup | SegmentsBackup

export class BackupError extends EpaxosError<ErrorCodeOf<'backupDamaged' | 'backupVersion'>> {}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** The first bytes of every backup, and its version. */
const title = 'EPAXOS BACKUP '
const header = encoder.encode(`${title}2\n`)
export const headerBytes = header.length
export const digestBytes = 16
/** Bytes before the head: the header, and the head's length. */
export const beforeHeadBytes = headerBytes + 4

/** The version that a header names. @throws BackupError */
export function versionOf(begin: Uint8Array): 1 | 2 {
  const text = decoder.decode(begin)
  if (!text.startsWith(title)) throw new BackupError('backupDamaged', 'it does not begin like a backup')
  const [found] = text.slice(title.length).split('\n')
  if (found === '1' || found === '2') return found === '1' ? 1 : 2
  throw new BackupError('backupVersion', `a backup of version ${found}; this program reads versions 1 and 2`)
}

/** The beginning of a backup of version 2: header, length of the head, head, and a digest of all that. */
export function encodeBeginning(head: BackupHead, codec: Codec): Uint8Array {
  const data = codec.encodeDeep(head)
  const end = beforeHeadBytes + data.length
  const bytes = new Uint8Array(end + digestBytes)
  bytes.set(header)
  new DataView(bytes.buffer).setUint32(headerBytes, data.length, true)
  bytes.set(data, beforeHeadBytes)
  bytes.set(encoder.encode(digestOf(bytes.subarray(0, end))), end)
  return bytes
}

/** Digest of the beginning, the name of the backup while it is fetched. */
export const nameOf = (beginning: Uint8Array): string => decoder.decode(beginning.subarray(-digestBytes))

/** The last bytes of a backup of version 2. They name the beginning: without them the file is not whole. */
export const endOf = (name: string): Uint8Array => encoder.encode(`\nEND ${name}\n`)

/** Bytes of the end. */
export const endBytes = endOf('0'.repeat(digestBytes)).length
