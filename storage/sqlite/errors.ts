import { StoreError, type StoreErrorCode } from '../store.ts'

/** SQLite's own codes and the system's; whatever else goes wrong leaves the outcome unknown: `storeFailed`. */
const codes: { readonly [code: string]: StoreErrorCode } = {
  SQLITE_FULL: 'storeFull',
  ENOSPC: 'storeFull',
  EDQUOT: 'storeFull',
  SQLITE_CORRUPT: 'storeDamaged',
  SQLITE_NOTADB: 'storeDamaged',
}

const meanings: { readonly [code in StoreErrorCode]?: string } = {
  storeFull: 'the disk is full',
  storeDamaged: 'it does not read back as it was written',
}

/**
 * What the file system or SQLite reported, as a StoreError; a StoreError is returned as it is.
 * @param doing for example `writing /data/1/replica.db`
 */
export function toStoreError(error: unknown, doing: string): StoreError {
  if (error instanceof StoreError) return error
  const cause = error instanceof Error ? error : new Error(String(error))
  const code = ('code' in cause && typeof cause.code === 'string' && codes[cause.code]) || 'storeFailed'
  const meaning = meanings[code]
  return new StoreError(code, `${doing}: ${meaning === undefined ? '' : `${meaning}: `}${cause.message}`, { cause })
}

/** What went wrong was locked by somebody else. */
export const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'SQLITE_BUSY' || error.code === 'SQLITE_LOCKED')
