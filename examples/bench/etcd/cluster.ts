import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { RefusedError } from '../../cli/exit.ts'
import { holdPorts } from '../../cli/ports.ts'
import type { Cluster } from '../cluster.ts'

const firstPort = 23_790
const readyMsMax = 30_000
/**
 * etcd does not end when its parent does. This shell does, with its standard input, and takes it along; out of the
 * terminal's process group, so that Ctrl-C is for the parent. At once: a member that is asked to end first looks, for
 * seconds, for another leader among those that have ended.
 */
const guard = '"$@" & child=$!; echo "$child"; cat >/dev/null; kill -9 "$child"; wait "$child"'

interface Member {
  readonly child: ChildProcess
  readonly pid: number
  readonly endpoint: string
  /** The last that it said of trouble. */
  lastLine: string
}

/** Whether this program can be run. */
async function isInstalled(program: string): Promise<boolean> {
  const child = spawn(program, ['--version'], { stdio: 'ignore' })
  try {
    await once(child, 'exit')
    return true
  } catch {
    return false
  }
}

/**
 * An etcd cluster of new, empty members on loopback, with etcd's own settings: every write is synced.
 * @throws RefusedError when there is no etcd, or it does not become healthy
 */
export async function startEtcd(count: number, directory: string): Promise<Cluster> {
  if (!(await isInstalled('etcd')))
    throw new RefusedError(
      "--vs etcd needs the program 'etcd' in PATH: on Debian and Ubuntu, apt-get install etcd-server",
    )
  const ports = await holdPorts(firstPort, count * 2, false)
  const names = Array.from({ length: count }, (_, at) => `bench${at + 1}`)
  const clientUrl = (at: number) => `http://127.0.0.1:${ports[at]!.port}`
  const peerUrl = (at: number) => `http://127.0.0.1:${ports[count + at]!.port}`
  const initial = names.map((name, at) => `${name}=${peerUrl(at)}`).join(',')
  const members: Member[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(
      members.map(async ({ child }) => {
        const ended = child.exitCode === null ? once(child, 'exit') : undefined
        child.stdin!.end()
        await ended
      }),
    )
  }
  try {
    for (const [at, name] of names.entries()) {
      const flags = {
        name,
        'data-dir': join(directory, name),
        'listen-client-urls': clientUrl(at),
        'advertise-client-urls': clientUrl(at),
        'listen-peer-urls': peerUrl(at),
        'initial-advertise-peer-urls': peerUrl(at),
        'initial-cluster': initial,
        'initial-cluster-state': 'new',
        logger: 'zap',
        'log-level': 'error',
      }
      for (const port of [ports[at]!, ports[count + at]!]) port.release()
      members.push(
        await startMember(
          clientUrl(at),
          Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]),
        ),
      )
    }
    await Promise.all(members.map(untilHealthy))
  } catch (error) {
    for (const port of ports) port.release()
    await stop()
    throw error
  }
  return {
    address: { kind: 'etcd', endpoints: members.map(({ endpoint }) => endpoint) },
    pids: members.map(({ pid }) => pid),
    stop,
  }
}

async function startMember(endpoint: string, args: readonly string[]): Promise<Member> {
  const child = spawn('sh', ['-c', guard, 'sh', 'etcd', ...args], { stdio: ['pipe', 'pipe', 'pipe'], detached: true })
  // A pipe to a member that ended breaks; that it ended is told by its health.
  child.stdin.on('error', () => {})
  const member = { child, pid: 0, endpoint, lastLine: 'nothing' }
  createInterface({ input: child.stderr }).on('line', line => {
    member.lastLine = line
  })
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  return Object.assign(member, { pid: Number(line) })
}

async function untilHealthy(member: Member): Promise<void> {
  const untilMs = performance.now() + readyMsMax
  while (!(await isHealthy(member.endpoint))) {
    if (performance.now() > untilMs)
      throw new RefusedError(
        `etcd at ${member.endpoint} is not healthy after ${readyMsMax} ms; it said ${member.lastLine}`,
      )
    await sleep(100)
  }
}

async function isHealthy(endpoint: string): Promise<boolean> {
  try {
    const { health } = (await (await fetch(`${endpoint}/health`)).json()) as { health?: unknown }
    return health === 'true'
  } catch {
    // It does not listen yet.
    return false
  }
}
