import type { ErrorCodeOf } from '../../machines/protocol/error-codes.ts'
import { EpaxosError } from '../../machines/protocol/errors.ts'
import type { Codec } from '../../net/codec.ts'
import { digestOf } from '../shared/digest.ts'

/** The contents of a backup: the replicated state of one cluster at one point of execution. Plain data. */
export interface Backup {
  readonly cluster: string
  /** The member that took it, and its time of day then (ms since 1970). */
  readonly member: number
  readonly takenMs: number
  /** Client commands executed up to there. */
  readonly commands: number
  /** The state of the state machine, and the sessions of its clients. */
  readonly state: Uint8Array
}

export class BackupError extends EpaxosError<ErrorCodeOf<'backupDamaged' | 'backupVersion'>> {}

/** The first bytes of every backup, and its version. */
const title = 'EPAXOS BACKUP '
const version = '1'
const header = new TextEncoder().encode(`${title}${version}\n`)
const digestBytes = 16

/** The bytes of a backup file: a header, plain data, and a digest of all before it. */
export function encodeBackup(backup: Backup, codec: Codec): Uint8Array {
  const data = codec.encodeData(backup)
  const file = new Uint8Array(header.length + data.length + digestBytes)
  file.set(header)
  file.set(data, header.length)
  const end = file.length - digestBytes
  file.set(new TextEncoder().encode(digestOf(file.subarray(0, end))), end)
  return file
}

/** @throws BackupError, which names the fault */
export function decodeBackup(file: Uint8Array, codec: Codec): Backup {
  const text = new TextDecoder()
  const [first = ''] = text.decode(file.subarray(0, 80)).split('\n')
  if (!first.startsWith(title)) throw new BackupError('backupDamaged', 'it does not begin like a backup')
  const found = first.slice(title.length)
  if (found !== version)
    throw new BackupError('backupVersion', `a backup of version ${found}; this program reads version ${version}`)
  const end = file.length - digestBytes
  const expected = text.decode(file.subarray(Math.max(0, end)))
  const digest = digestOf(file.subarray(0, Math.max(0, end)))
  if (digest !== expected)
    throw new BackupError('backupDamaged', `its digest is ${digest}, ${JSON.stringify(expected)} was written`)
  return codec.decodeData(file.subarray(header.length, end)) as Backup
}
