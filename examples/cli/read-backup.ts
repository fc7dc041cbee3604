import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { type Backup, BackupError, type BackupSource, createCodec, defaultLimits, openBackup } from '../../index.ts'
import { UsageError } from './exit.ts'

/**
 * The backup in a file, every byte of which was checked. Its segments are read again while a new store is made of them.
 * @throws UsageError when it cannot be read, BackupError when it is not as it was written
 */
export function readBackup(path: string): Backup {
  try {
    return openBackup(sourceOf(path), createCodec(defaultLimits))
  } catch (cause) {
    if (cause instanceof BackupError) throw new BackupError(cause.code, `${path}: ${cause.message}`, { cause })
    throw new UsageError(`--restore ${path}: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
}

const sourceOf = (path: string): BackupSource => ({
  size: withFile(path, descriptor => fstatSync(descriptor).size),
  read: (offset, length) =>
    withFile(path, descriptor => {
      const bytes = new Uint8Array(length)
      for (let at = 0; at < length; ) {
        const count = readSync(descriptor, bytes, at, length - at, offset + at)
        if (count === 0)
          throw new BackupError('backupDamaged', `it ended after ${offset + at} bytes, while it was read`)
        at += count
      }
      return bytes
    }),
})

/** Opened for each read: one descriptor would stay open until the store is made, or forever when it is not. */
function withFile<T>(path: string, use: (descriptor: number) => T): T {
  const descriptor = openSync(path, 'r')
  try {
    return use(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
