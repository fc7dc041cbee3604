import { StoreError } from '../../store.ts'
import { type Connection, connect } from '../connection.ts'
import { type Pragmas, readPragma, setPragmas } from '../pragmas.ts'
import { stateApplicationId, statePageBytes, stateTables, stateVersion } from './schema.ts'

/**
 * Each transaction is synced. The rollback journal writes a new segment once, where a log in front of the file would
 * write it twice; the pages of removed segments are used again (README.md, The file of the state).
 */
const pragmas: Pragmas = [
  ['locking_mode', 'EXCLUSIVE', 'exclusive'],
  ['journal_mode', 'TRUNCATE', 'truncate'],
  ['synchronous', 'FULL', 2],
  ['fullfsync', 1, 1],
  ['cell_size_check', 1, 1],
  ['trusted_schema', 0, 0],
  ['cache_size', 16, 16],
]

/** Opens the file of a state, and makes it if there is none. @throws SQLite's error, or StoreError */
export async function connectState(path: string): Promise<Connection> {
  const connection = await connect(path, true)
  try {
    // Of a file that is there already it changes nothing.
    await connection.execute(`PRAGMA page_size = ${statePageBytes}`)
    await setPragmas(connection, path, pragmas)
    await makeTables(connection, path)
    return connection
  } catch (error) {
    await connection.close()
    throw error
  }
}

/** Makes the tables of an empty file, and refuses one that is no state file of this version. */
async function makeTables(connection: Connection, path: string): Promise<void> {
  const application = await readPragma(connection, 'application_id')
  const version = await readPragma(connection, 'user_version')
  const [found] = await connection.all<{ count: number }>('SELECT count(*) AS count FROM sqlite_schema')
  if (found?.count === 0 && application === 0) {
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
