import { createWriteStream, type WriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import type { KeyOp } from '../key-operations.ts'

/**
 * One operation of one client, for a checker of linearizability that knows nothing of this program. Times are
 * nanoseconds of `process.hrtime`, taken before sending and after the answer.
 */
export interface HistoryEntry {
  /** A client has one operation at a time. After an `unknown` one, which is open for ever, it goes on by a new name. */
  readonly client: string
  readonly op: KeyOp
  readonly key: string
  /** Beside the key: null when there are none, itself when there is one, else a list. cas: `[expected, new]`. */
  readonly args: string | number | readonly (string | number | null)[] | null
  /** As it came; null without an answer, and when it is only that it is done. */
  readonly result: string | number | boolean | null
  readonly start: bigint
  /** null: nobody knows whether and when it happened. */
  readonly end: bigint | null
  /** `fail`: it certainly did not happen. */
  readonly status: 'ok' | 'unknown' | 'fail'
}

/** One line of JSON, in the fields' order; bigints as strings. */
export function historyLine({ client, op, key, args, result, start, end, status }: HistoryEntry): string {
  const times = { start: start.toString(), end: end === null ? null : end.toString() }
  return `${JSON.stringify({ client, op, key, args, result, ...times, status })}\n`
}

const chunkChars = 65_536

/** Writes operations to a file as they end. */
export class HistoryFile {
  readonly #stream: WriteStream
  readonly #finished: Promise<void>
  #chunk = ''

  constructor(path: string) {
    this.#stream = createWriteStream(path)
    this.#finished = finished(this.#stream)
    // It is awaited at the end; until then a failure is kept, not lost.
    this.#finished.catch(() => {})
  }

  add(entry: HistoryEntry): void {
    this.#chunk += historyLine(entry)
    if (this.#chunk.length < chunkChars) return
    this.#stream.write(this.#chunk)
    this.#chunk = ''
  }

  /** @throws the system's error when the file could not be written */
  async close(): Promise<void> {
    this.#stream.end(this.#chunk)
    await this.#finished
  }
}
