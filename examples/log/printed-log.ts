import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

const newline = 0x0a

/** The lines of a printed log. A last one without an end was cut off by a crash, or is being written. */
export function readPrinted(path: string): readonly string[] {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : []
}

/**
 * What a replica has printed, as a file of lines `PLACE TEXT`. A replica that starts again executes lines anew that it
 * printed before: the file tells which, so that printing goes on where it stopped.
 */
export class PrintedLog {
  readonly #fd: number
  #place = 0
  /** What was printed before this process began. */
  readonly linesBefore: readonly string[]

  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true })
    const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0)
    // A crash may have cut the last line off: it was not printed.
    const whole = bytes.lastIndexOf(newline) + 1
    this.#fd = openSync(path, 'a')
    if (whole < bytes.length) ftruncateSync(this.#fd, whole)
    this.linesBefore = bytes.subarray(0, whole).toString().split('\n').slice(0, -1)
    this.#place = Number(this.linesBefore.at(-1)?.split(' ', 1)[0] ?? 0)
  }

  /** The place of the last line printed; 0 for none. */
  get place(): number {
    return this.#place
  }

  /** Prints a line, unless it was printed before. Returns whether it was not. */
  print(place: number, text: string): boolean {
    if (place <= this.#place) return false
    writeSync(this.#fd, `${place} ${text}\n`)
    this.#place = place
    return true
  }

  close(): void {
    closeSync(this.#fd)
  }
}
