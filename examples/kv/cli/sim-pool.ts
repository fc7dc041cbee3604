import { type ChildProcess, fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { merge, newTotals, type Totals } from './sim-totals.ts'

export interface PoolOptions {
  readonly from: number
  readonly to: number
  /** No new world is begun after so many ms. */
  readonly withinMs: number
  readonly keepGoing: boolean
  readonly biased: boolean
  readonly hashes: boolean
  readonly told: (totals: Totals, seconds: number) => void
}

/** What a worker process is asked. */
export interface WorldRequest {
  readonly seed: number
  readonly biased: boolean
  /** Also the hash of its whole trace. */
  readonly hashes: boolean
}

const toldEveryMs = 2_000

/** Runs worlds in one process a core, one seed at a time each, in order. Ctrl-C ends it with what there is. */
export async function runMany({ from, to, withinMs, keepGoing, biased, hashes, told }: PoolOptions): Promise<Totals> {
  const worker = fileURLToPath(new URL(`./sim-worker${import.meta.url.slice(-3)}`, import.meta.url))
  const totals = newTotals()
  const startedMs = performance.now()
  let toldMs = startedMs
  let interrupted = false
  let next = from
  const isOver = () =>
    interrupted || next > to || performance.now() - startedMs > withinMs || (totals.violations.length > 0 && !keepGoing)
  const interrupt = () => {
    interrupted = true
  }
  process.once('SIGINT', interrupt)
  await Promise.all(
    Array.from({ length: Math.min(availableParallelism(), to - from + 1) }, async () => {
      // Out of the terminal's process group: Ctrl-C is for the parent, which lets worlds under way end.
      const child = fork(worker, {
        execArgv: process.execArgv,
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        detached: true,
      })
      try {
        while (!isOver()) {
          const seed = next++
          const part = await ask(child, { seed, biased, hashes })
          merge(totals, part)
          for (const { message } of part.violations) process.stderr.write(`seed ${seed}: ${message}\n`)
          const nowMs = performance.now()
          if (nowMs - toldMs < toldEveryMs) continue
          toldMs = nowMs
          told(totals, (nowMs - startedMs) / 1_000)
        }
      } finally {
        child.disconnect()
      }
    }),
  )
  process.off('SIGINT', interrupt)
  return totals
}

function ask(child: ChildProcess, request: WorldRequest): Promise<Totals> {
  return new Promise((resolve, reject) => {
    const failed = () => reject(new Error(`the process that ran seed ${request.seed} ended`))
    child.once('exit', failed)
    child.once('message', part => {
      child.off('exit', failed)
      resolve(part as Totals)
    })
    child.send(request)
  })
}
