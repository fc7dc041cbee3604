import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { decodeEvent, decodeHeader, isBlank, TraceError } from './codec.ts'
import type { TraceEvent, TraceHeader } from './format.ts'
import { LeftOut } from './left-out.ts'

/** A recording on disk: its header, and its events as they are asked for, so that it may be larger than memory. */
export interface OpenTrace {
  readonly header: TraceHeader
  /** The last one says what was left out, if anything was. */
  readonly events: AsyncGenerator<TraceEvent>
}

/** Characters of one line: no event is nearly as long. */
const lineCharsMax = 64 * 1024 * 1024

/**
 * Opens a trace, `.gz` or not. All good events of it are given: lines that are none, and what follows a cut, are left
 * out, and said at the end.
 * @param say is called with what was left out, once, when all is read
 * @throws TraceError without a header; Error when there is no such file
 */
export async function openTrace(path: string, say: (words: string) => void = () => {}): Promise<OpenTrace> {
  const leftOut = new LeftOut()
  const lines = linesOf(path, leftOut)
  let number = 0
  for (;;) {
    const { value, done } = await lines.next()
    number++
    if (done === true) throw new TraceError('traceDamaged', `${path}: ${leftOut.words ?? 'it is empty'}`)
    if (!isBlank(value)) return { header: decodeHeader(value), events: eventsOf(lines, number, leftOut, say) }
  }
}

async function* eventsOf(
  lines: AsyncGenerator<string>,
  before: number,
  leftOut: LeftOut,
  say: (words: string) => void,
): AsyncGenerator<TraceEvent> {
  let number = before
  let ms = 0
  for await (const line of lines) {
    number++
    if (isBlank(line)) continue
    try {
      const event = decodeEvent(line, number)
      ms = event.ms
      yield event
    } catch (error) {
      if (!(error instanceof TraceError)) throw error
      leftOut.line(error.message)
    }
  }
  const { words } = leftOut
  if (words === undefined) return
  say(words)
  yield { kind: 'end', ms, why: words }
}

/** A byte order mark, as editors leave it, is no part of the first line. @throws the file's error, before the first line */
async function* linesOf(path: string, leftOut: LeftOut): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  let isBegun = false
  try {
    for await (const bytes of bytesOf(path)) {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n')
      rest = lines.pop()!
      if (rest.length > lineCharsMax) throw new Error(`a line has more than ${lineCharsMax} characters`)
      for (const line of lines) {
        isBegun = true
        yield line
      }
    }
  } catch (error) {
    if (!isBegun && rest === '') throw error
    leftOut.rest(error instanceof Error ? error.message : String(error))
  }
  if (rest !== '') yield rest
}

async function* bytesOf(path: string): AsyncGenerator<Buffer> {
  const file: AsyncIterable<Buffer> = createReadStream(path)
  yield* path.endsWith('.gz') ? gunzipped(file) : file
}

/**
 * What was compressed, up to the place where it is cut off or damaged.
 * @throws the error of zlib, after all that comes before it
 */
async function* gunzipped(file: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip()
  const parts: Buffer[] = []
  let failure: Error | undefined
  // A stream that fails drops what nobody has taken yet: it is taken at once.
  gunzip.on('data', part => parts.push(part))
  gunzip.on('error', error => {
    failure = error
  })
  const step = async (begin: (done: () => void) => void): Promise<readonly Buffer[]> => {
    await new Promise<void>(done => {
      gunzip.once('close', done)
      begin(() => {
        gunzip.off('close', done)
        done()
      })
    })
    return parts.splice(0)
  }
  for await (const chunk of file) {
    yield* await step(done => gunzip.write(chunk, done))
    if (failure !== undefined) throw failure
  }
  yield* await step(done => gunzip.once('end', done).end())
  if (failure !== undefined) throw failure
}
