import { harmless } from '../../index.ts'
import { exitCodes } from './exit.ts'

/** Bytes of lines that wait for whoever reads them. What comes on top is lost. */
export const unreadBytesMax = 1024 * 1024

let isLongLived = false

/**
 * Called by a command that runs until it is stopped: it outlives the readers of its output. A terminal, a pipe or a log
 * collector may go away, stop reading or have a full disk; lines are lost then, and nothing else.
 */
export function outliveReaders(): void {
  isLongLived = true
  // A terminal that is stopped (Ctrl-S) or whose connection hangs takes no line, and a blocking write would wait for it.
  for (const stream of [process.stdout, process.stderr])
    if (stream.isTTY) withHandle(stream)._handle?.setBlocking(false)
}

/** Node sets this of terminals, but gives it no other name. */
const withHandle = (stream: unknown) =>
  stream as { readonly _handle?: { setBlocking(isBlocking: boolean): void } | null }

/**
 * Handles the errors of standard output and standard error, which nobody else does; `main` calls it first. A command
 * that only answers has failed when its answer cannot be written, and says so in one line.
 */
export function guardOutput(): void {
  process.stderr.on('error', () => {})
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (isLongLived) return
    // Nobody reads on (as behind `head`): nothing is left to say.
    if (error.code === 'EPIPE') process.exit()
    process.stderr.write(`epaxos: standard output: ${error.message}\n`)
    process.exit(exitCodes.refused)
  })
}

/** A text of several lines, none of which harms a terminal. */
export const harmlessLines = (text: string): string => text.split('\n').map(harmless).join('\n')

/** A line of JSON. The characters that would harm a terminal are escaped in it, which changes nothing for who reads it. */
export const jsonLine = (value: unknown): string => `${harmless(JSON.stringify(value))}\n`

/** Writes a line for people, unless too many wait already: nobody waits for a reader, and no memory is spent on it. */
export function tellLine(stream: Pick<NodeJS.WriteStream, 'write' | 'writableLength'>, line: string): void {
  if (stream.writableLength < unreadBytesMax) stream.write(`${harmlessLines(line)}\n`)
}
