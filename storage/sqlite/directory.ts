import { accessSync, constants, lstatSync, readlinkSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { StoreError } from '../store.ts'
import { codeOf } from './errors.ts'

/**
 * Refuses a data directory that cannot be one, before anything is made: none named, a link to nothing, a file, a name
 * that the file system does not take.
 * @throws StoreError `badDirectory`
 */
export function checkDirectory(named: string): void {
  if (named === '') throw bad('the data directory is named by an empty text')
  const directory = resolve(named)
  let found: ReturnType<typeof lstatSync>
  try {
    found = lstatSync(directory)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw refusedPath(directory, error)
  }
  try {
    if (!statSync(directory).isDirectory()) throw bad(`${directory} is a file, not a directory`)
  } catch (error) {
    if (error instanceof StoreError) throw error
    if (codeOf(error) === 'ENOENT' && found.isSymbolicLink())
      throw bad(`${directory} is a link to ${resolve(dirname(directory), readlinkSync(directory))}, which is not there`)
    throw refusedPath(directory, error)
  }
}

/**
 * Refuses a directory in which this process may not work.
 * @throws StoreError `badDirectory`
 */
export function checkAccess(directory: string): void {
  try {
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw refusedPath(directory, error)
  }
}

const words: { readonly [code: string]: string } = {
  ENAMETOOLONG: 'a name in it is longer than the file system takes',
  ENOTDIR: 'a part of its path is a file, not a directory',
  ELOOP: 'its links lead in a circle',
  EACCES: 'this process may not read and write there',
  EPERM: 'this process may not read and write there',
  EROFS: 'its file system is read-only',
}

/** What the system says of a path, in words; an error that says nothing of the path is returned as it is. */
export function refusedPath(directory: string, error: unknown): unknown {
  const found = words[codeOf(error) ?? '']
  return found === undefined ? error : bad(`${directory}: ${found}`, error)
}

const bad = (text: string, cause?: unknown): StoreError => new StoreError('badDirectory', text, { cause })
