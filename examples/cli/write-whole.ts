import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { syncDirectory } from '../../storage/sqlite/files.ts'

/**
 * Writes a file that is there whole and durably, or not at all: under another name first.
 * @throws the file system's error
 */
export function writeWhole(path: string, bytes: Uint8Array): void {
  const unfinished = `${path}.${process.pid}.part`
  try {
    const descriptor = openSync(unfinished, 'w')
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at)
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    renameSync(unfinished, path)
  } catch (error) {
    rmSync(unfinished, { force: true })
    throw error
  }
  syncDirectory(dirname(resolve(path)))
}
