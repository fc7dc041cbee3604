import { fstatSync, type Stats, writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { Option } from 'commander'
import { UsageError } from './exit.ts'
import { wholeNumber } from './options.ts'
import { unreadBytesMax } from './output.ts'
import { lineOf, type ProcessEvent } from './process-events.ts'

/** `--events 3`: for a supervisor, which opens that descriptor. */
export const eventsOption = (): Option =>
  new Option(
    '--events <fd>',
    'tells a supervisor what happens: a line of JSON an event, to this open descriptor',
  ).argParser(wholeNumber(3, 1_023))

/** `--listen-fd 4`: for a parent that holds the port until its child takes it over. */
export const listenFdOption = (): Option =>
  new Option('--listen-fd <fd>', 'a socket that listens already at the address of this member')
    .argParser(wholeNumber(3, 1_023))
    .hideHelp()

/**
 * Where a process tells its events in a machine's form; the text for people goes to standard output and standard error
 * besides.
 * @param fd opened by whoever started this process; undefined: nobody wants to know
 * @throws UsageError when it is not open
 */
export function openEventPipe(fd: number | undefined): (event: ProcessEvent) => void {
  if (fd === undefined) return () => {}
  if (kindOf(fd) === 'file') return event => writeIfPossible(fd, lineOf(event))
  const socket = new Socket({ fd, readable: false, writable: true })
  // A supervisor that ended reads no more: whether this process goes on without it is told on standard input.
  socket.on('error', () => {}).unref()
  return event => {
    // A replica does not wait for its supervisor.
    if (socket.writable && socket.writableLength < unreadBytesMax) socket.write(lineOf(event))
  }
}

/** A disk that is full, or a terminal that is gone, ends nobody. */
function writeIfPossible(fd: number, line: string): void {
  try {
    writeSync(fd, line)
  } catch {
    // The line is lost.
  }
}

/** A descriptor that nobody opened may be one of node's own by now, but of another kind. */
function kindOf(fd: number): 'pipe' | 'file' {
  const stat = statOf(fd)
  if (stat?.isFIFO() || stat?.isSocket()) return 'pipe'
  if (stat?.isFile() || stat?.isCharacterDevice()) return 'file'
  throw new UsageError(`--events ${fd}: nobody opened the descriptor ${fd} for this process`)
}

function statOf(fd: number): Stats | undefined {
  try {
    return fstatSync(fd)
  } catch {
    return undefined
  }
}

/**
 * Runs a program that tells its events on a descriptor. A failure is told there, and thrown all the same.
 * @param fd as in `openEventPipe`
 */
export async function tellingFailure(
  fd: Parameters<typeof openEventPipe>[0],
  program: (tell: ReturnType<typeof openEventPipe>) => Promise<void>,
): Promise<void> {
  const tell = openEventPipe(fd)
  try {
    await program(tell)
  } catch (error) {
    tell({ code: 'failed', error: error instanceof Error ? error : new Error(String(error)) })
    throw error
  }
}
