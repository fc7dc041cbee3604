import { randomUUID } from 'node:crypto'
import { existsSync, renameSync, rmSync } from 'node:fs'
import { emptyError, notEmptyError, type StoreBootstrap } from '../owner.ts'
import { StoreError, type StoreOwner } from '../store.ts'
import { connect } from './connection.ts'
import { type StoreFiles, syncDirectory } from './files.ts'
import { packOwner } from './fold.ts'
import { storeSeed } from './keys.ts'
import { createMark, readMark } from './mark.ts'
import { setPragmas } from './pragmas.ts'
import { applicationId, doors, foldStatement, schemaVersion, tables } from './schema.ts'
import { removeFirstCheckpoint, writeFirstCheckpoint } from './state/first.ts'

/**
 * Whether there is a store: `whole`; `begun`, when bootstrap was interrupted; or `nothing`.
 * @throws StoreError `storeDamaged` when the database is gone and other files show that there was one
 */
function lookFor(files: StoreFiles): 'whole' | 'begun' | 'nothing' {
  if (existsSync(files.database)) return 'whole'
  const marked = existsSync(files.mark)
  // The state gets its name when the mark has been there for a while.
  if (
    existsSync(files.log) ||
    (existsSync(files.state) && !marked) ||
    (marked && (readMark(files.mark)?.flushes ?? 0) > 0)
  ) {
    throw new StoreError('storeDamaged', `${files.database} is gone, but other files in ${files.directory} tell of it`)
  }
  return marked ? 'begun' : 'nothing'
}

/**
 * Refuses a directory whose contents differ from the caller's expectation, before anything is created.
 * @throws StoreError `storeEmpty`, `storeNotEmpty` or `storeDamaged`
 */
export function checkPresence(files: StoreFiles, bootstrap: StoreBootstrap | undefined): void {
  const found = lookFor(files)
  if (bootstrap !== undefined && found === 'whole') throw notEmptyError(files.directory)
  if (bootstrap === undefined && found !== 'whole') {
    throw emptyError(
      files.directory,
      found === 'nothing' ? `there is no ${files.database}` : 'its bootstrap was interrupted before it was done',
    )
  }
}

/**
 * Makes a new store in a locked directory that holds none. It is whole or not there: the database is made under another
 * name, and renaming it is the last step. Files of an interrupted attempt are deleted.
 */
export async function bootstrapStore(files: StoreFiles, bootstrap: StoreBootstrap): Promise<void> {
  const { cluster, member, members, epoch, snapshot, checkpoint } = bootstrap
  const owner: StoreOwner = { cluster, member, members, epoch, storeIdentity: randomUUID() }
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(files.unfinished + suffix, { force: true })
  removeFirstCheckpoint(files)
  createMark(files.mark, owner.storeIdentity)
  if (checkpoint !== undefined) await writeFirstCheckpoint(files, storeSeed(owner.storeIdentity), checkpoint)
  const connection = await connect(files.unfinished, true)
  try {
    await setPragmas(connection, files.unfinished)
    await connection.execute(
      `PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion}; ${tables} ${doors}`,
    )
    await connection.all(foldStatement, ...packOwner(Buffer.from(JSON.stringify(owner)), snapshot, checkpoint?.number))
  } finally {
    // Closing moves the log into the database and syncs it.
    await connection.close()
  }
  syncDirectory(files.directory)
  renameSync(files.unfinished, files.database)
  syncDirectory(files.directory)
}
