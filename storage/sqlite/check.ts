import { existsSync, statSync } from 'node:fs'
import { StoreError } from '../store.ts'
import type { Connection } from './connection.ts'
import { unread } from './errors.ts'
import type { StoreFiles } from './files.ts'
import { type Mark, readMark } from './mark.ts'
import { readPragma } from './pragmas.ts'
import { applicationId, schemaVersion, schemaVersionOldest } from './schema.ts'

/**
 * Refuses an empty database file, which SQLite would take for a new one, and a store without a mark.
 * @throws StoreError `storeDamaged`
 */
export function checkFiles(files: StoreFiles): void {
  if (statSync(files.database).size === 0) {
    throw new StoreError('storeDamaged', `${files.database} is empty: it was cut off`)
  }
  if (!existsSync(files.mark)) {
    throw new StoreError('storeDamaged', `${files.mark} is gone: without it, lost writes could go unnoticed`)
  }
}

/**
 * Refuses a database file that is shorter than its pages, which SQLite notices in the pages of large values only as an
 * error of reading. Called when no log can have the others.
 * @throws StoreError `storeDamaged`
 */
export async function checkLength(connection: Connection, file: string): Promise<void> {
  const expected =
    Number(await readPragma(connection, 'page_count')) * Number(await readPragma(connection, 'page_size'))
  const { size } = statSync(file)
  if (size < expected) throw new StoreError('storeDamaged', `${file} has ${size} of ${expected} bytes: it was cut off`)
}

/**
 * Checks the file's owner, its version and its structure (not its values).
 * @returns its schema version: this program's, or an older one that it can migrate
 * @throws StoreError `storeDamaged`, `storeVersion`
 */
export async function checkDatabase(connection: Connection, files: StoreFiles): Promise<number> {
  const file = files.database
  const application = await readPragma(connection, 'application_id')
  if (application !== applicationId) {
    throw new StoreError('storeDamaged', `${file} is no replica's store: its application id is ${application}`)
  }
  const version = Number(await readPragma(connection, 'user_version'))
  if (!(version >= schemaVersionOldest && version <= schemaVersion)) {
    throw new StoreError(
      'storeVersion',
      `${file} has schema version ${version}; this program knows ${schemaVersionOldest} to ${schemaVersion}`,
    )
  }
  const found = await readPragma(connection, 'quick_check')
  if (found !== 'ok')
    throw isUnread(String(found)) ? unread(`checking ${file}`, `${found}`) : damagedStructure(file, found)
  if (!existsSync(files.log) || statSync(files.log).size === 0) await checkLength(connection, file)
  return version
}

/**
 * Compares the number of flushes found with the number known to have been durable.
 * @throws StoreError `storeDamaged` when some are missing, or the mark cannot be read or is another store's
 */
export function checkMark(files: StoreFiles, storeIdentity: string, flushes: number): void {
  const mark: Mark | undefined = readMark(files.mark)
  if (mark === undefined) throw new StoreError('storeDamaged', `${files.mark} does not read back as it was written`)
  if (mark.storeIdentity !== storeIdentity) {
    throw new StoreError(
      'storeDamaged',
      `${files.mark} is the mark of store ${mark.storeIdentity}, the database is store ${storeIdentity}`,
    )
  }
  if (mark.flushes <= flushes) return
  throw new StoreError(
    'storeDamaged',
    `${files.database} ends at flush ${flushes}, but flush ${mark.flushes} was durable: ` +
      `acknowledged writes are lost, and the log ${files.log} was cut off, damaged or deleted`,
  )
}

const damagedStructure = (file: string, found: unknown): StoreError =>
  new StoreError('storeDamaged', `${file}: quick_check: ${found}`)

/** SQLite's number for an error of the disk; the kinds of it are in the higher bits (SQLITE_IOERR_READ is 266). */
const ioError = 10

/**
 * Whether quick_check could not read a page: SQLite counts an error of the disk among the damage, and names its number.
 */
export const isUnread = (found: string): boolean =>
  [...found.matchAll(/error code[ =](\d+)/g)].some(([, code]) => (Number(code) & 0xff) === ioError)
