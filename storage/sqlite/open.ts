import { existsSync } from 'node:fs'
import { checkOwner, emptyError, type StoreBootstrap, type StoreExpectation } from '../owner.ts'
import type { StoreContents } from '../store.ts'
import { bootstrapStore, checkPresence } from './bootstrap.ts'
import { checkDatabase, checkFiles, checkMark } from './check.ts'
import { createCheckpoints } from './checkpoints.ts'
import { type Connection, connect } from './connection.ts'
import { readContents } from './contents.ts'
import { createDeletions } from './deletions.ts'
import { checkAccess, checkDirectory } from './directory.ts'
import { isBusy, toOpenError, withRemedy } from './errors.ts'
import { makeDirectory, type StoreFiles } from './files.ts'
import { type Flusher, prepareFlusher } from './flush.ts'
import { createFolds } from './fold.ts'
import { defaultSqliteLimits, type SqliteLimits } from './limits.ts'
import { lockDirectory, lockedError } from './lock.ts'
import { followMark, type MarkWriter } from './mark.ts'
import { beginMigration } from './migrate.ts'
import { setPragmas } from './pragmas.ts'
import { foldStatement, schemaVersion } from './schema.ts'
import { openStateFile } from './state/open.ts'
import { statePageBytes } from './state/schema.ts'
import { SqliteStateStore } from './state/state-store.ts'
import { createUpkeep, type Upkeep } from './upkeep.ts'

export interface SqliteStoreOptions {
  /** The replica's own directory. Created, durably, with `bootstrap`; must exist without. */
  readonly directory: string
  /** Begins a new store. Only for a brand-new replica, in a directory that holds no store. */
  readonly bootstrap?: StoreBootstrap | undefined
  /** The expected owner: another one's store is refused as `storeForeign`. */
  readonly expect?: StoreExpectation | undefined
  /** The database of votes stops growing here, with `storeFull`; in pages of 4 KiB. Unlimited unless given. */
  readonly databaseBytesMax?: number | undefined
  /** The file of the state likewise; in pages of 64 KiB. */
  readonly stateBytesMax?: number | undefined
  /** Limits that replace the defaults. */
  readonly limits?: Partial<SqliteLimits> | undefined
}

/** A store that is open, checked and read. */
export interface OpenStore {
  readonly contents: StoreContents
  readonly state: SqliteStateStore
  /** Number of flushes so far. */
  readonly flushes: number
  readonly flusher: Flusher
  readonly upkeep: Upkeep
  readonly mark: MarkWriter
  /** Releases everything. */
  release(): Promise<void>
}

const pageBytes = 4096

async function limitPages(connection: Connection, bytesMax: number | undefined, pageBytes: number): Promise<void> {
  if (bytesMax !== undefined)
    await connection.execute(`PRAGMA max_page_count = ${Math.max(1, Math.floor(bytesMax / pageBytes))}`)
}

/**
 * Locks, makes if asked to, opens, checks and reads a store.
 * @param failed is called when the mark can no longer be kept
 * @param flushesNow the number of flushes that are durable, once the store is open
 * @throws StoreError; nothing stays open or locked then
 */
export async function openStore(
  files: StoreFiles,
  { directory, bootstrap, expect, databaseBytesMax, stateBytesMax, limits: given }: SqliteStoreOptions,
  failed: (error: Error) => void,
  flushesNow: () => number,
): Promise<OpenStore> {
  const limits = { ...defaultSqliteLimits, ...given }
  const undo: (() => Promise<void>)[] = []
  const release = async () => {
    for (const step of undo.splice(0).reverse()) await step()
  }
  try {
    checkDirectory(directory)
    if (bootstrap !== undefined) makeDirectory(files.directory)
    else if (!existsSync(files.directory)) throw emptyError(files.directory, 'there is no such directory')
    checkAccess(files.directory)
    checkPresence(files, bootstrap)
    const lock = await lockDirectory(files)
    undo.push(() => lock.release())

    // Checked again: before the lock was ours, another process may have made the store.
    checkPresence(files, bootstrap)
    if (bootstrap !== undefined) await bootstrapStore(files, bootstrap)
    checkFiles(files)
    const connection = await connect(files.database, false)
    undo.push(() => connection.close())
    await setPragmas(connection, files.database)
    const version = await checkDatabase(connection, files)
    if (version < schemaVersion) await beginMigration(connection, files.database, version)
    const { contents, reliedOn, flushes, ...journal } = await readContents(connection, files.database, limits)
    // The owner is checked first: a foreign store has a foreign mark too, and the mark alone would not name its owner.
    checkOwner(contents.owner, expect, files.directory)
    checkMark(files, contents.owner.storeIdentity, flushes)
    const stateFile = await openStateFile(files, { seed: journal.source.store, reliedOn, flushes })
    const state = new SqliteStateStore(stateFile, flushesNow)
    undo.push(() => state.close())
    // A refused store stays as it was.
    if (version < schemaVersion) await connection.execute('COMMIT')

    await limitPages(connection, databaseBytesMax, pageBytes)
    await limitPages(stateFile.connection, stateBytesMax, statePageBytes)
    const mark = followMark(files.mark, contents.owner.storeIdentity, failed)
    undo.push(() => mark.close())
    const flusher = await prepareFlusher(connection, journal.source.store)
    undo.push(() => flusher.finalize())
    const foldIn = await connection.prepare(foldStatement)
    undo.push(() => foldIn.finalize())
    const folds = createFolds({ statement: foldIn, ...journal })
    const upkeep = createUpkeep(
      folds,
      createDeletions(connection, limits, journal.truncations.all),
      createCheckpoints(connection, limits),
    )
    const { checkpoint } = stateFile
    return { contents: { ...contents, checkpoint }, state, flushes, flusher, upkeep, mark, release }
  } catch (error) {
    await release()
    throw withRemedy(isBusy(error) ? lockedError(files, error) : toOpenError(error, `opening ${files.database}`))
  }
}
