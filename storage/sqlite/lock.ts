import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { StoreError } from '../store.ts'
import { type Connection, connect } from './connection.ts'
import { isBusy, toOpenError } from './errors.ts'
import type { StoreFiles } from './files.ts'

/** Sole ownership of a data directory. */
export interface DirectoryLock {
  release(): Promise<void>
}

/**
 * Takes sole ownership of a data directory: an empty database, locked exclusively. The operating system frees it when
 * the process dies, however it dies; within one process SQLite itself keeps two handles apart.
 * @throws StoreError `storeLocked`, which names the directory and, when known, the process that holds it
 */
export async function lockDirectory(files: StoreFiles): Promise<DirectoryLock> {
  let connection: Connection | undefined
  try {
    connection = await connect(files.lock, true)
    await connection.execute('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    writeFileSync(files.holder, `${process.pid}\n`)
  } catch (error) {
    await connection?.close()
    throw isBusy(error) ? lockedError(files, error) : toOpenError(error, `locking ${files.lock}`)
  }
  const held = connection
  return {
    async release() {
      rmSync(files.holder, { force: true })
      await held.close()
    },
  }
}

/** The refusal of a directory that another process has open. */
export function lockedError(files: StoreFiles, cause: unknown): StoreError {
  const pid = existsSync(files.holder) ? readFileSync(files.holder, 'utf8').trim() : ''
  const holder = pid === String(process.pid) ? `this process (${pid})` : `process ${pid === '' ? 'unknown' : pid}`
  return new StoreError(
    'storeLocked',
    `${files.directory} is in use by ${holder}: one replica at a time may have it open`,
    { cause },
  )
}
