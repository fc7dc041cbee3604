import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { askReplica } from '../../examples/cli/ask-replica.ts'
import { formatMembers, type Members } from '../../examples/cli/members.ts'
import type { ToldEvent } from '../../examples/cli/process-events.ts'
import { ReplicaProcess } from '../../examples/cli/replica-process.ts'
import type { KvClient } from '../../examples/kv/client.ts'
import { connectKv } from '../../examples/kv/connect.ts'
import type { Limits, ReplicaStatus } from '../../index.ts'
import { ReplicaLinks } from './faults/replica-links.ts'

/** Ports that nobody listens on now. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer()
      await new Promise<void>(resolve => server.listen({ host: '127.0.0.1', port: 0 }, resolve))
      return server
    }),
  )
  const ports = servers.map(server => {
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('a TCP address was expected')
    return address.port
  })
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))))
  return ports
}

/** Waits until `probe` gives something but undefined; says what it waited for when that takes too long. */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined>,
  patienceMs = 120_000,
): Promise<T> {
  const until = performance.now() + patienceMs
  for (;;) {
    const found = await probe()
    if (found !== undefined) return found
    if (performance.now() > until) throw new Error(`${what}: not within ${patienceMs} ms`)
    await sleep(25)
  }
}

/** What `npm run build` has made: it starts as users' replicas do, without translating itself first. */
const builtProgram = fileURLToPath(new URL('../../dist/examples/cli/main.js', import.meta.url))

export interface RealClusterOptions {
  /** Their links can be cut. */
  readonly cuttable?: boolean
  /** They run the built program. */
  readonly built?: boolean
  /** Changes to the standard limits, of all of them. */
  readonly limits?: Partial<Limits>
  /** More of the environment of each. @param data its directory */
  readonly envOf?: (id: number, data: string) => NodeJS.ProcessEnv
}

/** `serve` processes on free ports, in a directory of their own. */
export class RealCluster {
  readonly directory: string
  readonly members: Members
  /** The links between the replicas; undefined when they reach each other directly. */
  readonly links: ReplicaLinks | undefined
  /** Replicas that ended though nobody asked for it, and how. */
  readonly unexpectedEnds: string[] = []
  readonly #replicas: ReadonlyMap<number, ReplicaProcess>
  /** What the replicas told, oldest first. */
  readonly told: { readonly id: number; readonly event: ToldEvent }[] = []
  readonly #lines: string[] = []

  private constructor(
    directory: string,
    members: Members,
    links: ReplicaLinks | undefined,
    { built, limits, envOf }: RealClusterOptions,
  ) {
    this.directory = directory
    this.members = members
    this.links = links
    const limitFlags = limits === undefined ? [] : ['--config', join(directory, 'limits.json')]
    if (limits !== undefined) writeFileSync(limitFlags[1]!, JSON.stringify({ limits }))
    this.#replicas = new Map(
      this.ids.map(id => [
        id,
        new ReplicaProcess({
          id,
          ...(built === true ? { program: [builtProgram] } : {}),
          ...(envOf === undefined ? {} : { env: envOf(id, this.dataOf(id)) }),
          args: ['serve', ...this.flags(id), ...limitFlags],
          onLine: (_, line) => this.#lines.push(`[${id}] ${line}`),
          onEvent: (_, event) => this.told.push({ id, event }),
          onUnexpectedEnd: (_, how) => this.unexpectedEnds.push(`replica ${id} ${how}`),
        }),
      ]),
    )
  }

  /** @param count of replicas; none of them runs yet */
  static async create(count = 3, options: RealClusterOptions = {}): Promise<RealCluster> {
    const ports = await freePorts(count)
    const members = new Map(ports.map((port, at) => [at + 1, `ws://127.0.0.1:${port}`]))
    const links = options.cuttable === true ? await ReplicaLinks.open(members) : undefined
    return new RealCluster(mkdtempSync(join(tmpdir(), 'epaxos-cluster-')), members, links, options)
  }

  get ids(): readonly number[] {
    return [...this.members.keys()]
  }
  get endpoints(): readonly string[] {
    return [...this.members.values()]
  }
  /** What the replicas printed. */
  get output(): string {
    return this.#lines.join('\n')
  }

  dataOf(id: number): string {
    return join(this.directory, String(id))
  }

  /** The flags of `serve` for this member. */
  flags(id: number): readonly string[] {
    return [
      '--id',
      String(id),
      '--members',
      formatMembers(this.links?.membersFor(id) ?? this.members),
      '--data',
      this.dataOf(id),
      '--cluster',
      'spec',
    ]
  }

  isRunning(id: number): boolean {
    return this.#replicaOf(id).isRunning
  }
  pidOf(id: number): number {
    return this.#replicaOf(id).pid!
  }

  async startAll(...more: readonly string[]): Promise<void> {
    await Promise.all(this.ids.map(id => this.start(id, ...more)))
  }
  /** Starts a replica and waits until it votes. */
  start(id: number, ...more: readonly string[]): Promise<void> {
    return this.#replicaOf(id).start(more)
  }
  kill(id: number): Promise<void> {
    return this.#replicaOf(id).kill()
  }
  /** SIGTERM. @param patienceMs after which it is killed */
  stop(id: number, patienceMs?: number): Promise<void> {
    return this.#replicaOf(id).stop(patienceMs)
  }

  /** A client that prefers replica `id`, if given. */
  connect(id = 1, timeoutMs = 60_000): KvClient {
    const at = this.ids.indexOf(id)
    return connectKv({ endpoints: [...this.endpoints.slice(at), ...this.endpoints.slice(0, at)], timeoutMs })
  }

  /** @throws EpaxosError `unavailable` when it does not answer in time */
  async status(id: number, timeoutMs = 60_000): Promise<ReplicaStatus> {
    return (await askReplica(this.members.get(id)!, timeoutMs)) as ReplicaStatus
  }

  /** Waits until all of these replicas have executed the same, and returns the digest of their state. */
  inStep(ids = this.ids): Promise<string> {
    return eventually(`replicas ${ids} in step`, async () => {
      const all = await Promise.all(ids.map(id => this.status(id)))
      const alike = new Set(
        all.map(({ executedPrefix, digest, uncommitted, pending }) =>
          JSON.stringify([executedPrefix, digest, uncommitted, pending]),
        ),
      )
      return alike.size === 1 && all[0]!.uncommitted === 0 && all[0]!.pending === 0 ? all[0]!.digest : undefined
    })
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#replicas.values()].map(replica => replica.kill()))
    await this.links?.close()
    rmSync(this.directory, { recursive: true, force: true })
  }

  #replicaOf(id: number): ReplicaProcess {
    const replica = this.#replicas.get(id)
    if (replica === undefined) throw new Error(`there is no replica ${id}`)
    return replica
  }
}
