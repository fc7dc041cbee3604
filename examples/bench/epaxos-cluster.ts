import { join } from 'node:path'
import { RefusedError } from '../cli/exit.ts'
import { formatMembers, type Members } from '../cli/members.ts'
import { defaultBasePort } from '../cli/options.ts'
import { holdPorts } from '../cli/ports.ts'
import { ReplicaProcess } from '../cli/replica-process.ts'
import type { Cluster } from './cluster.ts'

export interface EpaxosClusterOptions {
  readonly replicas: number
  readonly directory: string
  /** Handed to `serve --config`: limits. */
  readonly config: string | undefined
  readonly sessions: boolean
  /** The first replica writes a CPU profile there when it ends. */
  readonly cpuProf: string | undefined
  /** More flags of `serve`. */
  readonly serveFlags?: readonly string[]
  readonly note: (line: string) => void
  /** A replica ended by itself. */
  readonly failed: (error: RefusedError) => void
}

const firstPort = defaultBasePort + 1_000

/** A cluster of new, empty `serve` processes on loopback. */
export async function startEpaxos(options: EpaxosClusterOptions): Promise<Cluster> {
  const { replicas: count, directory, config, sessions, cpuProf, serveFlags = [], note, failed } = options
  const ports = await holdPorts(firstPort, count, false)
  const members: Members = new Map(ports.map(({ port }, at) => [at + 1, `ws://127.0.0.1:${port}`]))
  const replicas = [...members.keys()].map(id => {
    const flags = ['--id', String(id), '--members', formatMembers(members), '--data', join(directory, String(id))]
    return new ReplicaProcess({
      id,
      args: [
        'serve',
        ...flags,
        ...(config === undefined ? [] : ['--config', config]),
        ...serveFlags,
        '--until-stdin-ends',
      ],
      heldPort: ports[id - 1]!,
      // Like every process of a benchmark: Linux shares the cores among sessions first (sched_autogroup).
      detached: true,
      nodeFlags: cpuProf !== undefined && id === 1 ? profileFlags(cpuProf, 'replica-1') : [],
      onEvent: (_, { level, text }) => {
        if (level === 'error') note(`[${id}] ${text}`)
      },
      onUnexpectedEnd: (_, how) => failed(new RefusedError(`replica ${id} ${how} under load`)),
    })
  })
  const stop = async (): Promise<void> => {
    await Promise.all(replicas.map(replica => replica.stop()))
  }
  try {
    await Promise.all(replicas.map(replica => replica.start(['--bootstrap'])))
  } catch (error) {
    await stop()
    throw error
  }
  return {
    address: { kind: 'epaxos', endpoints: [...members.values()], sessions },
    pids: replicas.map(replica => replica.pid!),
    stop,
  }
}

/** Flags of node for a CPU profile in a directory, by this name. */
export const profileFlags = (directory: string, name: string): readonly string[] => [
  '--cpu-prof',
  `--cpu-prof-dir=${directory}`,
  `--cpu-prof-name=${name}.cpuprofile`,
]
