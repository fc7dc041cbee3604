import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { RefusedError } from '../cli/exit.ts'
import type { LoadPlan } from './load-plan.ts'
import type { LoadResult } from './run-load.ts'
import type { Connections, TargetAddress } from './target.ts'

/** What the load generator is asked. */
export interface LoadRequest {
  readonly plan: LoadPlan
  /** The same in every request to one process. */
  readonly address: TargetAddress
  /** The same in every request to one process. */
  readonly connections: Connections
  readonly servers: readonly number[]
}
export type LoadAnswer = { readonly result: LoadResult } | { readonly failure: string }

/** Thousands of operations in flight outlive many a collection of a small one: it would be the load that is measured. */
const youngGeneration = '--max-semi-space-size=64'

/** The load generator of one target, as a process that keeps its connections from run to run. */
export class LoadProcess {
  readonly #child: ChildProcess

  /** @param nodeFlags more of them */
  constructor(nodeFlags: readonly string[] = []) {
    const worker = fileURLToPath(new URL(`./load-worker${import.meta.url.slice(-3)}`, import.meta.url))
    this.#child = fork(worker, {
      execArgv: [...process.execArgv, youngGeneration, ...nodeFlags],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      // Out of the terminal's process group: Ctrl-C is for the parent.
      detached: true,
    })
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /**
   * One run.
   * @throws RefusedError when it failed, or the process ended
   */
  run(request: LoadRequest, signal: AbortSignal): Promise<LoadResult> {
    const child = this.#child
    return new Promise((resolve, reject) => {
      const settle = (end: () => void) => {
        child.off('message', answered).off('exit', ended)
        signal.removeEventListener('abort', aborted)
        end()
      }
      const answered = (message: unknown) => {
        const answer = message as LoadAnswer
        settle(() =>
          'result' in answer ? resolve(answer.result) : reject(new RefusedError(`the load: ${answer.failure}`)),
        )
      }
      const ended = () => settle(() => reject(new RefusedError('the process of the load ended')))
      const aborted = () => settle(() => reject(signal.reason))
      child.on('message', answered).on('exit', ended)
      signal.addEventListener('abort', aborted)
      child.send(request)
    })
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, 'exit')
    if (this.#child.connected) this.#child.disconnect()
    await ended
  }
}
