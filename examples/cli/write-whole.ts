import { closeSync, fsyncSync, ftruncateSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { syncDirectory } from '../../storage/sqlite/files.ts'

/**
 * A file that is written piece by piece under another name, and is there whole and durably, or not at all. Errors are the
 * file system's.
 */
export class UnfinishedFile {
  readonly #path: string
  readonly #unfinished: string
  readonly #descriptor: number
  #isOpen = true
  #size = 0

  constructor(path: string) {
    this.#path = path
    this.#unfinished = `${path}.${process.pid}.part`
    this.#descriptor = openSync(this.#unfinished, 'w')
  }

  /** Drops what was written so far. */
  begin(): void {
    ftruncateSync(this.#descriptor)
    this.#size = 0
  }

  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const count = writeSync(this.#descriptor, bytes, at, bytes.length - at, this.#size)
      at += count
      this.#size += count
    }
  }

  /** Gives it its name; what was there is replaced. */
  finish(): void {
    fsyncSync(this.#descriptor)
    this.#close()
    renameSync(this.#unfinished, this.#path)
    syncDirectory(dirname(resolve(this.#path)))
  }

  /** Removes it, unless it has its name. */
  discard(): void {
    this.#close()
    rmSync(this.#unfinished, { force: true })
  }

  #close(): void {
    if (this.#isOpen) closeSync(this.#descriptor)
    this.#isOpen = false
  }
}

/**
 * Writes a file that is there whole and durably, or not at all: under another name first.
 * @throws the file system's error
 */
export function writeWhole(path: string, bytes: Uint8Array): void {
  const file = new UnfinishedFile(path)
  try {
    file.write(bytes)
    file.finish()
  } catch (error) {
    file.discard()
    throw error
  }
}
