import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The repository's root. */
export const root = fileURLToPath(new URL('../..', import.meta.url))
const main = fileURLToPath(new URL('../../examples/cli/main.ts', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A process under way, and how it ended. */
export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
}

/** Runs a program; standard input is `input`, or stays open without it. */
export function run(program: string, args: readonly string[], input?: string, env = process.env): Running {
  const child = spawn(program, args, { cwd: root, stdio: ['pipe', 'pipe', 'pipe'], env })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', data => {
    stdout += data
  })
  child.stderr.on('data', data => {
    stderr += data
  })
  if (input !== undefined) child.stdin.end(input)
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  return { child, ended }
}

/** Starts the command line, as `npx epaxos` would. */
export const startCli = (args: readonly string[], input?: string, env = process.env): Running =>
  run(process.execPath, ['--import', 'tsx', main, ...args], input, env)

/** A limit for what hangs, not for what is slow: the machine may be loaded. */
const runMsMax = 300_000

/** Runs the command line to its end; what does not end is killed, and its signal tells. */
export async function runCli(args: readonly string[], input = '', env = process.env): Promise<Ended> {
  const { child, ended } = startCli(args, input, env)
  const timer = setTimeout(() => child.kill('SIGKILL'), runMsMax)
  try {
    return await ended
  } finally {
    clearTimeout(timer)
  }
}

/** Whether there is a process of this number. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
