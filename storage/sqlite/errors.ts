import { errorCodes } from '../../machines/protocol/error-codes.ts'
import { StoreError, type StoreErrorCode } from '../store.ts'
import { SealError } from './seal.ts'

/** SQLite's own codes and the system's. Any other error leaves the outcome unknown: `storeFailed`. */
const codes: { readonly [code: string]: StoreErrorCode } = {
  SQLITE_FULL: 'storeFull',
  ENOSPC: 'storeFull',
  EDQUOT: 'storeFull',
  SQLITE_CORRUPT: 'storeDamaged',
  SQLITE_NOTADB: 'storeDamaged',
}

/** Errors of the disk itself. While a store is opened they say nothing of what it holds. */
const ioCodes: ReadonlySet<string> = new Set(['SQLITE_IOERR', 'EIO'])

const meanings: { readonly [code in StoreErrorCode]?: string } = {
  storeFull: 'the disk is full',
  storeDamaged: 'it does not read back as it was written',
  storeUnread: 'the disk gave an error',
}

/** Errors whose message does not itself tell the operator a remedy. */
const toDo: ReadonlySet<StoreErrorCode> = new Set([
  'storeFull',
  'storeFailed',
  'storeDamaged',
  'storeUnread',
  'storeGone',
  'badDirectory',
])

/** The error with its remedy. */
export const withRemedy = (error: StoreError): StoreError =>
  toDo.has(error.code)
    ? new StoreError(error.code, `${error.message}. To do: ${errorCodes[error.code].remedy}`, { cause: error.cause })
    : error

/**
 * An error of the file system or SQLite as a StoreError; a StoreError is returned as it is.
 * @param doing for example `writing /data/1/replica.db`
 */
export function toStoreError(error: unknown, doing: string): StoreError {
  if (error instanceof StoreError) return error
  const cause = error instanceof Error ? error : new Error(String(error))
  const code = codes[codeOf(cause) ?? ''] ?? 'storeFailed'
  const meaning = meanings[code]
  return new StoreError(code, `${doing}: ${meaning === undefined ? '' : `${meaning}: `}${cause.message}`, { cause })
}

/** The same while a store is opened: an error of the disk there is none of a write. */
export function toOpenError(error: unknown, doing: string): StoreError {
  if (error instanceof StoreError || !ioCodes.has(codeOf(error) ?? '')) return toStoreError(error, doing)
  return unread(doing, error instanceof Error ? error.message : String(error), error)
}

/** @param doing for example `opening /data/1/replica.db` */
export const unread = (doing: string, found: string, cause?: unknown): StoreError =>
  new StoreError('storeUnread', `${doing}: ${meanings.storeUnread}: ${found}`, { cause })

export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined

/** Whether the error is a lack of room. */
export const isFull = (error: unknown): boolean => codes[codeOf(error) ?? ''] === 'storeFull'

/** Whether the file was locked by another process. */
export const isBusy = (error: unknown): boolean => codeOf(error) === 'SQLITE_BUSY' || codeOf(error) === 'SQLITE_LOCKED'

/** @param what for example `the vote of instance 7 of rank 0 in epoch 1` */
export const damaged = (file: string, what: string, found: string): StoreError =>
  new StoreError('storeDamaged', `${file}: ${what} does not read back as it was written: ${found}`)

/** The same error for a seal that does not fit; another error is returned as it is. */
export const named = (error: unknown, file: string, what: string): unknown =>
  error instanceof SealError ? damaged(file, what, error.message) : error
