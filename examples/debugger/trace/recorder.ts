import { closeSync, openSync, writeSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { encodeLine } from './codec.ts'
import type { TraceEvent, TraceHeader } from './format.ts'

/** Lines that are compressed together. */
const gzipBytes = 64 * 1024

/** Writes a trace as it comes. What is written is there when the program ends at once; a `.gz` lacks its last part then. */
export class Recorder {
  readonly #file: number
  readonly #isCompressed: boolean
  #waiting = ''
  #events = 0

  /** @throws the error of the file */
  constructor(path: string) {
    this.#file = openSync(path, 'w')
    this.#isCompressed = path.endsWith('.gz')
  }

  get events(): number {
    return this.#events
  }

  begin(header: TraceHeader): void {
    this.#write(encodeLine(header))
  }

  add(events: readonly TraceEvent[]): void {
    this.#events += events.length
    this.#write(events.map(encodeLine).join(''))
  }

  close(): void {
    this.#flush()
    closeSync(this.#file)
  }

  #write(text: string): void {
    this.#waiting += text
    if (!this.#isCompressed || this.#waiting.length >= gzipBytes) this.#flush()
  }

  #flush(): void {
    if (this.#waiting === '') return
    // Several compressed parts, one after the other, are one compressed file.
    writeSync(this.#file, this.#isCompressed ? gzipSync(this.#waiting) : Buffer.from(this.#waiting))
    this.#waiting = ''
  }
}
