import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { defaultCluster } from '../../index.ts'
import { serveLive } from '../debugger/serve-live.ts'
import { connectKv } from '../kv/connect.ts'
import { allowHostOption, allowOriginOption } from './access-options.ts'
import { beginCluster, replicasIn } from './beginning.ts'
import { clusterSecretIn } from './cluster-secret.ts'
import { exitCodes } from './exit.ts'
import { formatMembers, type Members, warningOfEven } from './members.ts'
import { defaultBasePort, parseDirectory, timeoutOption, wholeNumber } from './options.ts'
import { outliveReaders, tellLine } from './output.ts'
import { type HeldPort, holdPorts } from './ports.ts'
import { runPrompt } from './prompt.ts'
import { ReplicaProcess } from './replica-process.ts'

interface StartFlags {
  readonly replicas?: number
  readonly data: string
  readonly basePort?: number
  readonly cluster: string
  readonly timeout: number
  readonly verbose?: true
  readonly allowHost?: readonly string[]
  readonly allowOrigin?: readonly string[]
}

const note = (text: string): void => tellLine(process.stderr, text)

/** `epaxos start`: a cluster of child processes on loopback, and a prompt. */
export const startCommand = (): Command =>
  new Command('start')
    .description('start a cluster on this machine, one process a replica, and a prompt')
    .option('-n, --replicas <count>', 'how many (default: as many as there is data of, or 3)', wholeNumber(1, 9))
    .option('-d, --data <dir>', 'where their data is, or goes', parseDirectory, './data')
    .option(
      '-p, --base-port <port>',
      `the first port (default: free ones from ${defaultBasePort})`,
      wholeNumber(1, 65_535),
    )
    .option('--cluster <name>', "the cluster's name", defaultCluster)
    .option('-v, --verbose', 'show what the replicas say of their links')
    .addOption(allowHostOption())
    .addOption(allowOriginOption())
    .addOption(timeoutOption())
    .action(start)

async function start(flags: StartFlags): Promise<void> {
  outliveReaders()
  const data = resolve(flags.data)
  const count = flags.replicas ?? (replicasIn(data) || 3)
  const ports = await holdPorts(flags.basePort ?? defaultBasePort, count, flags.basePort !== undefined)
  const members: Members = new Map(ports.map(({ port }, at) => [at + 1, `ws://127.0.0.1:${port}`]))
  const ids = [...members.keys()]
  const warning = warningOfEven(count)
  if (warning !== undefined) note(warning)
  const replicas = new Map(
    ids.map((id, at) => [id, replicaProcess(id, members, join(data, String(id)), flags, ports[at]!)]),
  )

  const interrupted = new AbortController()
  const interrupt = (): void => {
    // The second time nobody wants to wait.
    if (interrupted.signal.aborted) process.exit(exitCodes.interrupted)
    process.exitCode = exitCodes.interrupted
    interrupted.abort()
  }
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt).on('SIGHUP', interrupt)
  try {
    // Only a cluster that never was is made: a directory that is missing among others is a lost disk.
    const isNew = await beginCluster({ data, cluster: flags.cluster, ids })
    if (interrupted.signal.aborted) return
    note(`${isNew ? 'A new' : 'The'} cluster '${flags.cluster}' of ${ids.length} replicas, data in ${data}`)
    await Promise.all([...replicas.values()].map(replica => replica.start()))
    for (const [id, endpoint] of members) note(`replica ${id} listens at ${endpoint}, pid ${replicas.get(id)!.pid}`)
    const { allowHost: allowHosts, allowOrigin: allowOrigins } = flags
    const debug = await serveLive({ endpoints: [...members.values()], lazy: true, port: 0, allowHosts, allowOrigins })
    note(`see it think: ${debug.url}`)
    const client = connectKv({ endpoints: [...members.values()], timeoutMs: flags.timeout })
    const { signal } = interrupted
    try {
      await runPrompt({ client, members, replicas, note, timeoutMs: flags.timeout, signal, interrupt })
    } finally {
      client.close()
      await debug.close()
    }
  } catch (error) {
    // Ctrl-C in a terminal reaches the replicas, too: that they end is no error then.
    if (!interrupted.signal.aborted) throw error
  } finally {
    await Promise.all([...replicas.values()].map(replica => replica.stop()))
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt).off('SIGHUP', interrupt)
  }
}

function replicaProcess(
  id: number,
  members: Members,
  directory: string,
  flags: StartFlags,
  heldPort: HeldPort,
): ReplicaProcess {
  const args = [
    '--id',
    String(id),
    '--members',
    formatMembers(members),
    '--data',
    directory,
    '--cluster',
    flags.cluster,
    '--cluster-secret-file',
    clusterSecretIn(resolve(flags.data)),
    ...(flags.allowHost === undefined ? [] : ['--allow-host', flags.allowHost.join()]),
    ...(flags.allowOrigin === undefined ? [] : ['--allow-origin', flags.allowOrigin.join()]),
  ]
  return new ReplicaProcess({
    id,
    args: ['serve', ...args, '--until-stdin-ends'],
    heldPort,
    onLine: (_, line, from) => {
      if (flags.verbose && from === 'stderr') note(`[${id}] ${line}`)
    },
    onEvent: (_, { level, text }) => {
      if (!flags.verbose && level === 'error') note(`[${id}] ${text}`)
    },
    onUnexpectedEnd: (_, how) => note(`[${id}] ${how}; 'restart ${id}' starts it again`),
  })
}
