import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { Command, Option } from 'commander'
import { readPrinted } from '../log/printed-log.ts'
import { beginCluster } from './beginning.ts'
import { demoCluster } from './demo-replica.ts'
import { describeError, exitCodes, RefusedError } from './exit.ts'
import { formatMembers, type Members } from './members.ts'
import { defaultBasePort, parseDirectory, parseDurationMs, wholeNumber } from './options.ts'
import { outliveReaders, tellLine } from './output.ts'
import { holdPorts } from './ports.ts'
import { ReplicaProcess } from './replica-process.ts'

interface DemoFlags {
  readonly data: string
  readonly basePort?: number
  readonly interval: number
  readonly story?: true
}

const note = (text: string): void => tellLine(process.stderr, text)

/** `epaxos demo`: three replicas propose lines at once and print the same log, through kills and restarts. */
export const demoCommand = (): Command =>
  new Command('demo')
    .description('three replicas propose lines at once and print the same log; kill and restart them')
    .option('-d, --data <dir>', 'where their data is, or goes', parseDirectory, './data-demo')
    .option('-p, --base-port <port>', 'the first port (default: free ones)', wholeNumber(1, 65_535))
    .addOption(
      new Option('--interval <duration>', 'between two lines of a replica')
        .argParser(parseDurationMs)
        .default(500, '500ms'),
    )
    .option('--story', 'kill and restart by itself, compare the logs, and end (the default without a terminal)')
    .action(demo)

async function demo(flags: DemoFlags): Promise<void> {
  outliveReaders()
  const data = resolve(flags.data)
  const ids = [1, 2, 3]
  const ports = await holdPorts(flags.basePort ?? defaultBasePort, ids.length, flags.basePort !== undefined)
  const members: Members = new Map(ids.map((id, at) => [id, `ws://127.0.0.1:${ports[at]!.port}`]))
  const replicas = ids.map(
    (id, at) =>
      new ReplicaProcess({
        id,
        args: [
          ...['demo-replica', '--id', String(id), '--members', formatMembers(members)],
          ...['--data', join(data, String(id)), '--interval', String(flags.interval)],
        ],
        heldPort: ports[at]!,
        onLine: show,
        onEvent: (_, { level, text }) => {
          if (level === 'error') note(`replica ${id}: ${text}`)
        },
        onUnexpectedEnd: (_, how) => note(`replica ${id} ${how}; 'restart ${id}' starts it again`),
      }),
  )
  const interrupted = new AbortController()
  const interrupt = (): void => {
    if (interrupted.signal.aborted) process.exit(exitCodes.interrupted)
    process.exitCode = exitCodes.interrupted
    interrupted.abort()
  }
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt).on('SIGHUP', interrupt)
  try {
    await beginCluster({ data, cluster: demoCluster, ids })
    note(`Three replicas, data in ${data}; a column each, the same lines in the same places`)
    await Promise.all(replicas.map(replica => replica.start()))
    if (interrupted.signal.aborted) return
    const isStory = flags.story === true || process.stdin.isTTY !== true
    if (isStory) await tellStory(replicas, data, flags.interval, interrupted.signal)
    else await followKeyboard(replicas, interrupted.signal)
  } catch (error) {
    // Ctrl-C in a terminal reaches the replicas, too: that they end is no error then.
    if (!interrupted.signal.aborted) throw error
  } finally {
    await Promise.all(replicas.map(replica => replica.stop()))
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt).off('SIGHUP', interrupt)
  }
}

const columnChars = 34
const waitsMax = 1_200

function show(id: number, line: string, from: 'stdout' | 'stderr'): void {
  if (from === 'stdout') tellLine(process.stdout, `${' '.repeat((id - 1) * columnChars)}${id}| ${line}`)
}

/** `kill 2`, `restart 2`, `exit`, while the log goes on. */
async function followKeyboard(replicas: readonly ReplicaProcess[], signal: AbortSignal): Promise<void> {
  note("Type 'kill 2', 'restart 2' or 'exit'.")
  const lines = createInterface({ input: process.stdin })
  signal.addEventListener('abort', () => lines.close(), { once: true })
  for await (const line of lines) {
    const [word, id] = line.trim().split(/\s+/)
    const replica = replicas.find(each => String(each.id) === id)
    if (word === 'exit') break
    try {
      if (word === 'kill' && replica !== undefined) await replica.kill()
      else if (word === 'restart' && replica !== undefined) await replica.start()
      else if (word !== '') note("there are 'kill ID', 'restart ID' and 'exit'")
    } catch (error) {
      note(describeError(error))
    }
  }
  lines.close()
}

/** One killed and restarted, then two; at the end the logs are compared. */
async function tellStory(
  replicas: readonly ReplicaProcess[],
  data: string,
  intervalMs: number,
  signal: AbortSignal,
): Promise<void> {
  const [first, second, third] = replicas
  const pause = (): Promise<void> => sleep(4 * intervalMs, undefined, { signal })
  const act = async (what: string, ...steps: readonly Promise<void>[]): Promise<void> => {
    note(what)
    await Promise.all(steps)
    await pause()
  }
  const log = (id: number): readonly string[] => readPrinted(join(data, String(id), 'log.txt'))
  await act('all three propose')
  await act('replica 1 is killed: the others go on', first!.kill())
  await act('replica 1 is restarted: it makes up what it missed', first!.start())
  await act('replicas 2 and 3 are killed: one alone can decide nothing', second!.kill(), third!.kill())
  await act('replicas 2 and 3 are restarted: all three go on', second!.start(), third!.start())
  const target = Math.max(...replicas.map(({ id }) => log(id).length))
  for (let waits = 0; replicas.some(({ id }) => log(id).length < target); waits++) {
    if (waits === waitsMax) throw new RefusedError(`not every replica has printed ${target} lines by now`)
    await sleep(50, undefined, { signal })
  }
  const logs = replicas.map(({ id }) => log(id).slice(0, target).join('\n'))
  if (new Set(logs).size > 1) throw new RefusedError(`the logs in ${data} differ`)
  note(`the first ${target} lines are equal at all three replicas`)
}
