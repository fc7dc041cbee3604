import { readFileSync } from 'node:fs'
import { type Backup, BackupError, createCodec, decodeBackup, defaultLimits } from '../../index.ts'
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
