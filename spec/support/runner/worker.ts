import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Asked, Outcome, Told } from './told.ts'

/** How the specs of one file ended, and what they printed meanwhile. */
export interface FileResult {
  readonly file: string
  readonly outcomes: readonly Outcome[]
  readonly output: string
  readonly seconds: number
}

const program = fileURLToPath(new URL('./worker-process.ts', import.meta.url))

/** One process that runs spec files, one at a time; a new one takes its place when it ends by itself. */
export class Worker {
  readonly #onOutcome: (outcome: Outcome) => void
  #child: ChildProcess | undefined

  constructor(onOutcome: (outcome: Outcome) => void) {
    this.#onOutcome = onOutcome
  }

  run(asked: Asked): Promise<FileResult> {
    const child = this.#child ?? this.#start()
    const fromMs = performance.now()
    const outcomes: Outcome[] = []
    const chunks: Buffer[] = []
    const take = (outcome: Outcome): void => {
      outcomes.push(outcome)
      this.#onOutcome(outcome)
    }
    return new Promise(resolve => {
      const hear = (told: Told): void => {
        if (told.type !== 'done') take(told)
        // What was printed before may still be on its way.
        else setImmediate(finish)
      }
      const collect = (chunk: Buffer): void => void chunks.push(chunk)
      const ended = (code: number | null, signal: string | null): void => {
        this.#child = undefined
        const message = `the process that ran it ended with ${signal ?? `exit code ${code}`}`
        take({
          type: 'failed',
          title: [asked.file, 'runs to its end'],
          error: { message, stack: message, showDiff: false },
        })
        finish()
      }
      const finish = (): void => {
        child.off('message', hear).off('close', ended)
        child.stdout!.off('data', collect)
        child.stderr!.off('data', collect)
        const seconds = (performance.now() - fromMs) / 1_000
        resolve({ file: asked.file, outcomes, output: Buffer.concat(chunks).toString(), seconds })
      }
      child.on('message', hear).on('close', ended)
      child.stdout!.on('data', collect)
      child.stderr!.on('data', collect)
      child.send(asked)
    })
  }

  /** No file follows. */
  end(): void {
    if (this.#child?.connected === true) this.#child.disconnect()
  }

  /** Ends it at once, whatever it does, and with it all processes that it started. */
  kill(): void {
    const pid = this.#child?.pid
    if (pid === undefined) return
    try {
      // The process group, which it leads.
      process.kill(-pid, 'SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }

  #start(): ChildProcess {
    const stdio = ['ignore', 'pipe', 'pipe', 'ipc'] as const
    const child = fork(program, { execArgv: ['--import', 'tsx'], stdio: [...stdio], detached: true })
    // Nobody listens between two files, and a pipe that nobody reads would hold the writer.
    child.stdout!.resume()
    child.stderr!.resume()
    this.#child = child
    return child
  }
}
