import { existsSync } from 'node:fs'
import type { StoredCheckpoint } from '../../state-store.ts'
import { StoreError } from '../../store.ts'
import { type Connection, connect } from '../connection.ts'
import { damaged, named } from '../errors.ts'
import { type StoreFiles, syncDirectory } from '../files.ts'
import { checkpointSeed } from '../keys.ts'
import { readPragma } from '../pragmas.ts'
import { unseal } from '../seal.ts'
import { removeStatement, stateApplicationId, statePageBytes, stateTables, stateVersion } from './schema.ts'
import { unpackCheckpoint } from './stored-checkpoint.ts'

/** A state file that is open. */
export interface StateFile {
  readonly connection: Connection
  readonly path: string
  /** The seed of the store's checksums (`storeSeed`): another store's segments do not fit. */
  readonly seed: number
  readonly checkpoint: StoredCheckpoint | undefined
  /** The greatest key of a segment. */
  readonly lastKey: number
}

/**
 * Each transaction is synced. The rollback journal writes a new segment once, where a log in front of the file would
 * write it twice; the pages of removed segments are used again.
 */
const pragmas = `
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA page_size = ${statePageBytes};
PRAGMA journal_mode = TRUNCATE;
PRAGMA synchronous = FULL;
PRAGMA fullfsync = 1;
PRAGMA cell_size_check = 1;
PRAGMA trusted_schema = 0;
PRAGMA cache_size = 16;
`

/**
 * Opens the state file of a store, and makes it if no checkpoint was relied on yet. Segments that the checkpoint does not
 * name are removed: they are of one that was never finished.
 * @param reliedOn the number of the checkpoint that records were deleted for; 0: none
 * @throws StoreError `storeDamaged` when it lacks what was relied on
 */
export async function openStateFile(files: StoreFiles, seed: number, reliedOn: number): Promise<StateFile> {
  const path = files.state
  if (!existsSync(path) && reliedOn > 0)
    throw new StoreError('storeDamaged', `${path} is gone: records were deleted for its checkpoint ${reliedOn}`)
  const isNew = !existsSync(path)
  const connection = await connect(path, true)
  try {
    await connection.execute(pragmas)
    await makeTables(connection, path, reliedOn)
    if (isNew) syncDirectory(files.directory)
    const checkpoint = await readCheckpoint(connection, path, seed)
    if ((checkpoint?.number ?? 0) < reliedOn)
      throw new StoreError(
        'storeDamaged',
        `${path} stands at checkpoint ${checkpoint?.number ?? 0}, but records were deleted for checkpoint ${reliedOn}`,
      )
    const lastKey = await keepOnly(connection, path, checkpoint?.segments ?? [])
    return { connection, path, seed, checkpoint, lastKey }
  } catch (error) {
    await connection.close()
    throw error
  }
}

/** Makes the tables of an empty file, and refuses one that is no state file of this version. */
async function makeTables(connection: Connection, path: string, reliedOn: number): Promise<void> {
  const application = await readPragma(connection, 'application_id')
  const version = await readPragma(connection, 'user_version')
  const [found] = await connection.all<{ count: number }>('SELECT count(*) AS count FROM sqlite_schema')
  if (found?.count === 0 && application === 0 && reliedOn === 0) {
    await connection.execute(
      `BEGIN; PRAGMA application_id = ${stateApplicationId}; PRAGMA user_version = ${stateVersion}; ${stateTables} COMMIT;`,
    )
    return
  }
  if (application !== stateApplicationId)
    throw new StoreError('storeDamaged', `${path} is no state file: its application id is ${application}`)
  if (version !== stateVersion)
    throw new StoreError('storeVersion', `${path} has version ${version}; this program knows ${stateVersion}`)
}

async function readCheckpoint(
  connection: Connection,
  path: string,
  seed: number,
): Promise<StoredCheckpoint | undefined> {
  const [row] = await connection.all<{ bytes: Buffer }>('SELECT bytes FROM checkpoints')
  if (row === undefined) return undefined
  try {
    return unpackCheckpoint(unseal(row.bytes, 0, checkpointSeed(seed)))
  } catch (error) {
    throw named(error, path, 'the checkpoint')
  }
}

/** Removes all segments but these. @returns the greatest key */
async function keepOnly(connection: Connection, path: string, keys: readonly number[]): Promise<number> {
  const found = await connection.all<{ key: number }>('SELECT key FROM segments ORDER BY key')
  const there = new Set(found.map(({ key }) => key))
  const missing = keys.find(key => !there.has(key))
  if (missing !== undefined) throw damaged(path, `segment ${missing} of the checkpoint`, 'it is missing')
  const named = new Set(keys)
  const left = found.map(({ key }) => key).filter(key => !named.has(key))
  if (left.length > 0) await connection.all(removeStatement, JSON.stringify(left))
  return found.at(-1)?.key ?? 0
}
