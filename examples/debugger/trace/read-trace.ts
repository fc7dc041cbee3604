import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { decodeEvent, decodeHeader, TraceError } from './codec.ts'
import type { TraceEvent, TraceHeader } from './format.ts'

/** A recording on disk: its header, and its events as they are asked for, so that it may be larger than memory. */
export interface OpenTrace {
  readonly header: TraceHeader
  readonly events: AsyncGenerator<TraceEvent>
}

/**
 * Opens a trace, `.gz` or not. A last line that is cut off is left out.
 * @throws TraceError; Error when there is no such file
 */
export async function openTrace(path: string): Promise<OpenTrace> {
  const lines = linesOf(path)
  const { value, done } = await lines.next()
  if (done === true) throw new TraceError('traceDamaged', `${path} is empty`)
  return { header: decodeHeader(value), events: eventsOf(lines) }
}

async function* eventsOf(lines: AsyncGenerator<string>): AsyncGenerator<TraceEvent> {
  let number = 1
  let held: TraceError | undefined
  for await (const line of lines) {
    // It was not the last one.
    if (held !== undefined) throw held
    number++
    try {
      yield decodeEvent(line, number)
    } catch (error) {
      if (!(error instanceof TraceError)) throw error
      held = error
    }
  }
}

async function* linesOf(path: string): AsyncGenerator<string> {
  const file = createReadStream(path)
  const input = path.endsWith('.gz') ? file.pipe(createGunzip()) : file
  // readline hears of no error of its input.
  const failed = new Promise<never>((_, reject) => {
    file.on('error', reject)
    input.on('error', reject)
  })
  failed.catch(() => undefined)
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]()
  for (;;) {
    const { value, done } = await Promise.race([lines.next(), failed])
    if (done === true) return
    yield value
  }
}
