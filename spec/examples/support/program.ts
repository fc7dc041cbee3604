import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** What the loader of TypeScript is called from any directory. */
const loader = import.meta.resolve('tsx')

/** A program of examples/ in a process of its own. */
export class Program {
  readonly #child: ChildProcess
  readonly #ended: Promise<number | NodeJS.Signals | null>
  #output = ''

  /** @param cwd where its data goes */
  constructor(path: string, args: readonly string[], cwd: string) {
    const file = fileURLToPath(new URL(`../../../examples/${path}`, import.meta.url))
    this.#child = spawn(process.execPath, ['--import', loader, file, ...args], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', data => {
        this.#output += data
      })
    this.#ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject).once('close', (code, signal) => resolve(code ?? signal))
    })
  }

  /** What it printed. */
  get output(): string {
    return this.#output
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  /** Waits for its end. @returns its exit code, or the signal that ended it */
  ended(): Promise<number | NodeJS.Signals | null> {
    return this.#ended
  }

  /** Sends a signal, and waits for the end. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null> {
    this.#child.kill(signal)
    return this.#ended
  }
}
