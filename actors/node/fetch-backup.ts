import type { Codec } from '../../net/codec.ts'
import { type FetchBackupOptions, type FetchedBytes, fetchBackup as fetchChecked } from '../client/backup.ts'
import { BackupCheck } from '../state/backup-check.ts'
import type { BackupSummary } from '../state/backup-file.ts'

export interface FetchOptions extends Omit<FetchBackupOptions<BackupSummary>, 'check'> {
  readonly codec: Codec
}

/** What was fetched: the origin of the backup, and the size of its file. */
export type FetchedBackup = BackupSummary & FetchedBytes

/**
 * Fetches the file of a backup, part by part: the replicated state of a running cluster at one point of execution, after
 * everything that was acknowledged before the call. The sink has the whole file, and each region of it was checked, when
 * the promise resolves.
 * @throws ClientError `unavailable`, with the error of each replica; an error of the sink
 */
export const fetchBackup = ({ codec, ...options }: FetchOptions): Promise<FetchedBackup> =>
  fetchChecked({ ...options, check: size => new BackupCheck(size, codec) })
