import { readFileSync } from 'node:fs'
import { defaultLimits } from '../../actors/shared/limits.ts'
import { type Backup, BackupError, decodeBackup } from '../../actors/state/backup-file.ts'
import { createCodec } from '../../net/codec/create-codec.ts'
import { UsageError } from './exit.ts'

/**
 * The backup in a file.
 * @throws UsageError when it cannot be read, BackupError when it is not as it was written
 */
export function readBackup(path: string): Backup {
  let file: Uint8Array
  try {
    file = readFileSync(path)
  } catch (cause) {
    throw new UsageError(`--restore ${path}: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
  try {
    return decodeBackup(file, createCodec(defaultLimits))
  } catch (error) {
    if (error instanceof BackupError) throw new BackupError(error.code, `${path}: ${error.message}`, { cause: error })
    throw error
  }
}
