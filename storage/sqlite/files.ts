import { closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { refusedPath } from './directory.ts'

/**
 * The files of a store. The database and the lock are opened by SQLite alone: closing any other descriptor of theirs in
 * this process would drop the locks it holds on them (POSIX).
 */
export interface StoreFiles {
  readonly directory: string
  readonly database: string
  /** The database while it is being made. */
  readonly unfinished: string
  /** The write-ahead log: SQLite names it. */
  readonly log: string
  readonly mark: string
  /** The state: segments and the checkpoint that names them. */
  readonly state: string
  /** The same while a new store is being made that begins with a checkpoint. */
  readonly unfinishedState: string
  readonly lock: string
  /** Id of the process that holds the lock: for the message, not for the decision. */
  readonly holder: string
}

export function filesOf(directory: string): StoreFiles {
  const at = (name: string) => join(resolve(directory), name)
  return {
    directory: resolve(directory),
    database: at('replica.db'),
    unfinished: at('replica.db.new'),
    log: at('replica.db-wal'),
    mark: at('replica.mark'),
    state: at('state.db'),
    unfinishedState: at('state.db.new'),
    lock: at('replica.lock'),
    holder: at('replica.pid'),
  }
}

/** Makes the names in a directory durable. Windows has no such call and needs none. */
export function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return
  const descriptor = openSync(directory, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Creates a directory, with those above it, durably. */
export function makeDirectory(directory: string): void {
  if (existsSync(directory)) return
  const first = made(directory) ?? directory
  for (let at = directory; at !== dirname(first); at = dirname(at)) syncDirectory(at)
  syncDirectory(dirname(first))
}

function made(directory: string): string | undefined {
  try {
    return mkdirSync(directory, { recursive: true })
  } catch (error) {
    throw refusedPath(directory, error)
  }
}
