import { type ChildProcess, fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { exitCodes } from './exit.ts'
import { type Extent, merge, newTotals, type Totals } from './sim-totals.ts'

export interface PoolOptions {
  readonly from: number
  readonly to: number
  /** No new world is begun after so many ms. */
  readonly withinMs: number
  readonly keepGoing: boolean
  readonly biased: boolean
  /** Each world is one long life of so many hours. */
  readonly hours: number | undefined
  readonly strange: boolean
  readonly hashes: boolean
  readonly told: (totals: Totals, seconds: number) => void
}

/** What a worker process is asked. */
export interface WorldRequest {
  readonly seed: number
  readonly biased: boolean
  readonly hours: number | undefined
  readonly strange: boolean
  /** Also the hash of its whole trace. */
  readonly hashes: boolean
}

const toldEveryMs = 2_000

/**
 * Runs worlds in one process a core, one seed at a time each, in order. Ctrl-C ends it with what there is, once the worlds
 * under way have ended; a single world, which may be a long one, and the second Ctrl-C do not wait.
 */
export async function runMany(options: PoolOptions): Promise<{ readonly totals: Totals; readonly extent: Extent }> {
  const { from, to, withinMs, keepGoing, told, ...how } = options
  const totals = newTotals()
  const startedMs = performance.now()
  const children: ChildProcess[] = []
  let toldMs = startedMs
  let interrupted = false
  let next = from
  const isOver = () =>
    interrupted || next > to || performance.now() - startedMs > withinMs || (totals.violations.length > 0 && !keepGoing)
  const killAll = () => {
    for (const child of children) child.kill('SIGKILL')
  }
  const interrupt = () => {
    if (interrupted || from === to) killAll()
    if (interrupted) process.exit(exitCodes.interrupted)
    interrupted = true
    if (from !== to) process.stderr.write('interrupted: worlds under way end first; Ctrl-C again does not wait\n')
  }
  // Who asks for an end by SIGTERM does not ask twice: a world that never ends must not keep the process.
  const terminate = () => {
    killAll()
    interrupted = true
  }
  process.on('SIGINT', interrupt).on('SIGTERM', terminate)
  if (how.hours !== undefined) process.stderr.write(`seed ${from}: one long life, which is told when it ends\n`)
  await Promise.all(
    Array.from({ length: Math.min(availableParallelism(), to - from + 1) }, async () => {
      const child = beginWorker()
      children.push(child)
      try {
        while (!isOver()) {
          const seed = next++
          const part = await ask(child, { seed, ...how })
          if (part === undefined) {
            if (interrupted) return
            throw new Error(`the process that ran seed ${seed} ended`)
          }
          merge(totals, part)
          for (const { message } of part.violations) process.stderr.write(`seed ${seed}: ${message}\n`)
          const nowMs = performance.now()
          if (nowMs - toldMs < toldEveryMs) continue
          toldMs = nowMs
          told(totals, (nowMs - startedMs) / 1_000)
        }
      } finally {
        if (child.connected) child.disconnect()
      }
    }),
  )
  process.off('SIGINT', interrupt).off('SIGTERM', terminate)
  const seeds = totals.runs === 0 ? undefined : { from, to: next - 1 }
  return { totals, extent: { seeds, interrupted } }
}

function beginWorker(): ChildProcess {
  // Out of the terminal's process group: Ctrl-C is for the parent, which lets worlds under way end.
  return fork(fileURLToPath(new URL(`./sim-worker${import.meta.url.slice(-3)}`, import.meta.url)), {
    execArgv: process.execArgv,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
  })
}

/** What a world adds up to; undefined when its process ended before. */
function ask(child: ChildProcess, request: WorldRequest): Promise<Totals | undefined> {
  return new Promise(resolve => {
    const ended = () => resolve(undefined)
    child.once('exit', ended)
    child.once('message', part => {
      child.off('exit', ended)
      resolve(part as Totals)
    })
    child.send(request)
  })
}
