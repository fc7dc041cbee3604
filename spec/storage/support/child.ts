import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A process that has a store open. */
export interface Child {
  readonly pid: number
  readonly lines: readonly string[]
  /** Resolves once `condition` holds for what was printed; rejects when the process ends before. */
  until(condition: (lines: readonly string[]) => boolean): Promise<void>
  /** `kill -9`, unless it has ended; resolves when the process is gone and everything it printed was read. */
  kill(): Promise<void>
}

const writer = fileURLToPath(new URL('writer.ts', import.meta.url))

/** Starts writer.ts. */
export function startWriter(
  directory: string,
  mode: 'bootstrap' | 'hold' | 'write',
  limits: {
    /** It stops writing after these, and stays. */
    readonly records?: number
    /** No file may grow beyond this many blocks of 512 bytes (ulimit -f). */
    readonly fileBlocks?: number
  } = {},
): Child {
  const command = [process.execPath, '--import', 'tsx', writer, directory, mode]
  if (limits.records !== undefined) command.push(String(limits.records))
  const limited = ['sh', '-c', `ulimit -f ${limits.fileBlocks}; exec "$@"`, 'sh', ...command]
  const [file, ...args] = limits.fileBlocks === undefined ? command : limited
  const process_: ChildProcess = spawn(file!, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: string[] = []
  const listeners = new Set<() => void>()
  const tell = () => {
    for (const listener of [...listeners]) listener()
  }
  let ended = false
  const end = Promise.all([once(process_, 'exit'), once(process_.stdout!, 'close')]).then(() => {
    ended = true
    tell()
  })
  createInterface({ input: process_.stdout! }).on('line', line => {
    lines.push(line)
    tell()
  })
  return {
    pid: process_.pid!,
    lines,
    until: condition =>
      new Promise((resolve, reject) => {
        const check = () => {
          if (condition(lines)) resolve()
          else if (ended) reject(new Error(`the process ended after printing: ${lines.slice(-5).join(' | ')}`))
          else return
          listeners.delete(check)
        }
        listeners.add(check)
        check()
      }),
    async kill() {
      process_.kill('SIGKILL')
      await end
    },
  }
}

/** The highest record that a writer said is durable. */
export const lastWritten = (lines: readonly string[]): number =>
  Math.max(0, ...lines.map(Number).filter(Number.isSafeInteger))
