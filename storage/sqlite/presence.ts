import { type BigIntStats, lstat, lstatSync } from 'node:fs'
import { StoreError } from '../store.ts'
import type { StoreFiles } from './files.ts'

/** Time between two looks. What is written in between to files that nobody will find again is lost. */
const intervalMs = 250

/** A watch over the files of an open store. */
export interface Presence {
  stop(): void
}

type Found = Pick<BigIntStats, 'dev' | 'ino'> | undefined

/**
 * Watches whether the files of an open store are still those that were opened. A process writes on to files that were
 * removed or renamed, and syncs them, as if nothing had happened: what it acknowledges then nobody finds at the next
 * start.
 * @param gone is called once, with the reason
 */
export function watchPresence(files: StoreFiles, gone: (error: StoreError) => void): Presence {
  const watched = [files.database, files.mark, files.state].map(path => ({
    path,
    opened: lstatSync(path, { bigint: true }),
  }))
  let isStopped = false
  let timer: NodeJS.Timeout | undefined
  const look = (at: number): void => {
    const { path, opened } = watched[at]!
    lstat(path, { bigint: true }, (error, stats) => {
      if (isStopped) return
      const found: Found = error === null ? stats : undefined
      // Another error says nothing of the file: the disk may be at fault, which the next flush will tell.
      if (error !== null && error.code !== 'ENOENT' && error.code !== 'ENOTDIR') later()
      else if (found?.ino === opened.ino && found.dev === opened.dev) {
        if (at + 1 < watched.length) look(at + 1)
        else later()
      } else gone(goneError(files, path, found))
    })
  }
  const later = (): void => {
    timer = setTimeout(() => look(0), intervalMs).unref()
  }
  later()
  return {
    stop() {
      isStopped = true
      clearTimeout(timer)
    },
  }
}

const goneError = (files: StoreFiles, path: string, found: Found): StoreError =>
  new StoreError(
    'storeGone',
    `${path} is ${found === undefined ? 'gone' : 'another file'}: ` +
      `${files.directory} was removed, renamed or replaced while the store was open`,
  )
