import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { RefusedError } from './exit.ts'
import type { HeldPort } from './ports.ts'
import { type ToldEvent, toldIn } from './process-events.ts'

/** The child's descriptors: for events, and the listening socket that it inherits. */
const eventsFd = 3
const listenFd = 4

/** This very program: node, the loader that it runs under (none, once built), and its entry. */
const thisProgram = (): readonly string[] => [
  ...process.execArgv,
  fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './main.ts' : './main.js', import.meta.url)),
]

/**
 * Lets glibc give the memory of a large value back to the system as soon as it is free. By default it keeps such memory once
 * some was freed: 100 MB and more in a replica that was given many.
 */
const frugalMemory = { MALLOC_MMAP_THRESHOLD_: '262144' }

export interface ReplicaProcessOptions {
  readonly id: number
  /** The command and its flags; the child ends when its standard input does. */
  readonly args: readonly string[]
  /** What node is to run, flags of it first; this very program, unless given. */
  readonly program?: readonly string[]
  /** More of its environment. */
  readonly env?: NodeJS.ProcessEnv
  /** More flags of node. */
  readonly nodeFlags?: readonly string[]
  /** In a session of its own: a terminal's Ctrl-C is for the parent, and the scheduler gives it a share of its own. */
  readonly detached?: boolean
  /** The child's port, held until its first start: it inherits the listening socket. */
  readonly heldPort?: HeldPort
  /** Each line of the child: text for people. */
  readonly onLine?: (id: number, line: string, from: 'stdout' | 'stderr') => void
  /** Each event of the child, `ready` among them. */
  readonly onEvent?: (id: number, event: ToldEvent) => void
  /** It ended and nobody asked for it. */
  readonly onUnexpectedEnd?: (id: number, how: string) => void
}

/** One replica as a child process that does not outlive its parent: it watches its standard input. */
export class ReplicaProcess {
  readonly id: number
  readonly #options: ReplicaProcessOptions
  #child: ChildProcessWithoutNullStreams | undefined
  #ended: Promise<string> = Promise.resolve('was never started')
  #isStopping = false

  constructor(options: ReplicaProcessOptions) {
    this.id = options.id
    this.#options = options
  }

  get isRunning(): boolean {
    return this.#child !== undefined
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  /**
   * Starts it, with more flags if need be, and waits until it is ready: it votes, and its state stands.
   * @throws RefusedError when it runs already, or ends before it is ready
   */
  async start(more: readonly string[] = []): Promise<void> {
    if (this.isRunning) throw new RefusedError(`replica ${this.id} runs already`)
    this.#isStopping = false
    const { program = thisProgram(), nodeFlags = [], args } = this.#options
    const { heldPort } = this.#options
    // Only once: a child that ended leaves a port at which nobody answers, as a crash does.
    const inherited = heldPort?.fd
    const fds = ['--events', String(eventsFd), ...(inherited === undefined ? [] : ['--listen-fd', String(listenFd)])]
    const child = spawn(process.execPath, [...nodeFlags, ...program, ...args, ...fds, ...more], {
      stdio: ['pipe', 'pipe', 'pipe', 'pipe', inherited ?? 'ignore'],
      detached: this.#options.detached === true,
      env: { ...frugalMemory, ...process.env, ...this.#options.env },
    }) as ChildProcessWithoutNullStreams
    heldPort?.release()
    this.#child = child
    // A pipe to a killed child breaks; its end is told by `exit`.
    child.stdin.on('error', () => {})
    let isReady = false
    let hasToldWhy = false
    let lastLine = 'it said nothing'
    const { onLine, onEvent } = this.#options
    const ready = new Promise<void>(resolve => {
      createInterface({ input: child.stdio[eventsFd] as Readable }).on('line', line => {
        const event = toldIn(line)
        if (event.code === 'ready') {
          isReady = true
          resolve()
        }
        if (event.code === 'failed') hasToldWhy = true
        onEvent?.(this.id, event)
      })
    })
    createInterface({ input: child.stdout }).on('line', line => onLine?.(this.id, line, 'stdout'))
    createInterface({ input: child.stderr }).on('line', line => {
      lastLine = line
      onLine?.(this.id, line, 'stderr')
    })
    this.#ended = new Promise((resolve, reject) => {
      child.once('error', reject)
      // `close` comes after `exit`, and after the last line.
      child.once('close', (code, signal) => {
        this.#child = undefined
        const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`
        if (isReady && !this.#isStopping) this.#options.onUnexpectedEnd?.(this.id, how)
        resolve(how)
      })
    })
    const how = await Promise.race([ready, this.#ended])
    if (how === undefined) return
    // One that does not understand its flags tells no event.
    const why = hasToldWhy ? '' : `: ${lastLine}`
    throw new RefusedError(`replica ${this.id} ${how} before it was ready${why}`)
  }

  /** Ends it at once, as a crash would, and waits until it is gone. */
  async kill(): Promise<void> {
    this.#isStopping = true
    this.#child?.kill('SIGKILL')
    await this.#ended
  }

  /** Asks it to finish what is in flight, and waits; after `patienceMs` it is ended at once. */
  async stop(patienceMs = 10_000): Promise<void> {
    this.#isStopping = true
    const child = this.#child
    if (child === undefined) return
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs)
    await this.#ended
    clearTimeout(timer)
  }
}
