import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { connectKv } from '../../examples/kv/connect.ts'
import { RealCluster } from '../cluster/real-cluster.ts'
import { DebugProcess } from './debug-process.ts'
import { Deliverer } from './deliver.ts'
import { clientDoor } from './doors/client.ts'
import { debuggerDoor } from './doors/debugger.ts'
import type { Door, DoorName } from './doors/door.ts'
import { PeerAttacks } from './doors/peer.ts'
import { Puppet } from './puppet.ts'
import type { Watched } from './watch.ts'
import { wsLink } from './ws-link.ts'

/** After the last attack the cluster must serve within so long. */
export const servesWithinMs = 2_000

const replicas = 3

/** What a run attacks: a real cluster, with what stands behind the door. */
export class Bed {
  readonly door: Door
  readonly deliverer: Deliverer
  /** The replicas that run: one less where a member lies. */
  readonly ids: readonly number[]
  readonly #cluster: RealCluster
  readonly #puppet: Puppet | undefined
  readonly #debuggers: readonly DebugProcess[]
  readonly #ends: string[]

  private constructor(
    cluster: RealCluster,
    ids: readonly number[],
    door: Door,
    puppet: Puppet | undefined,
    debuggers: readonly DebugProcess[],
    ends: string[],
  ) {
    this.#cluster = cluster
    this.ids = ids
    this.door = door
    this.deliverer = new Deliverer(door.targets, puppet)
    this.#puppet = puppet
    this.#debuggers = debuggers
    this.#ends = ends
  }

  static async create(name: DoorName): Promise<Bed> {
    const cluster = await RealCluster.create(replicas)
    const ends: string[] = []
    const debuggers: DebugProcess[] = []
    let puppet: Puppet | undefined
    try {
      const liar = name === 'peer' ? replicas : undefined
      const ids = cluster.ids.filter(id => id !== liar)
      const hosts = ids.map(id => new URL(cluster.members.get(id)!).host)
      await Promise.all(ids.map(id => cluster.start(id, '--bootstrap')))
      if (name === 'client') return new Bed(cluster, ids, clientDoor(hosts), undefined, [], ends)
      if (liar !== undefined) {
        puppet = new Puppet({ cluster: 'spec', members: cluster.members, member: liar })
        puppet.start(await wsLink(cluster.members, liar))
        return new Bed(cluster, ids, new PeerAttacks(puppet).door(hosts), puppet, [], ends)
      }
      const started = (of: string, args: readonly string[]) => DebugProcess.start(of, args, how => ends.push(how))
      debuggers.push(await started('debugger of the cluster', ['--endpoints', cluster.endpoints.join()]))
      debuggers.push(await started('debugger of a world', ['--seed', '7']))
      const door = debuggerDoor([...debuggers.map(({ host }) => host), ...hosts])
      return new Bed(cluster, ids, door, undefined, debuggers, ends)
    } catch (error) {
      await puppet?.stop()
      for (const each of debuggers) await each.close()
      await cluster.dispose()
      throw error
    }
  }

  get endpoints(): readonly string[] {
    return this.ids.map(id => this.#cluster.members.get(id)!)
  }
  /** What the replicas printed. */
  get output(): string {
    return this.#cluster.output
  }
  /** Processes that ended though nobody asked for it, and how. */
  get unexpectedEnds(): readonly string[] {
    return [...this.#cluster.unexpectedEnds, ...this.#ends]
  }
  get processes(): readonly Watched[] {
    const pidOf = (id: number) => () => {
      try {
        return this.#cluster.pidOf(id)
      } catch {
        return undefined
      }
    }
    return [
      ...this.ids.map(id => ({ name: `replica ${id}`, pid: pidOf(id) })),
      ...this.#debuggers.map(each => ({ name: each.name, pid: () => each.pid() })),
    ]
  }

  /**
   * Writes and reads through each replica, and opens a page of each debugger.
   * @returns how long that took
   * @throws Error that says what did not serve in time
   */
  async serves(withinMs: number): Promise<number> {
    const from = performance.now()
    await Promise.all([
      ...this.ids.map(id => writesAndReads(id, this.#cluster.members.get(id)!, withinMs)),
      ...this.#debuggers.map(({ name, host }) => showsPage(name, host, withinMs)),
    ])
    return Math.round(performance.now() - from)
  }

  async dispose(): Promise<void> {
    this.deliverer.close()
    await this.#puppet?.stop()
    for (const each of this.#debuggers) await each.close()
    await this.#cluster.dispose()
  }
}

async function writesAndReads(id: number, endpoint: string, withinMs: number): Promise<void> {
  const client = connectKv({ endpoints: [endpoint], timeoutMs: withinMs })
  try {
    await client.put(`after.${id}`, 'served')
    if ((await client.get(`after.${id}`)) !== 'served') throw new Error('what was written is not read')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : cause
    throw new Error(`replica ${id} does not serve within ${withinMs} ms: ${why}`, { cause })
  } finally {
    client.close()
  }
}

/** A page is opened and told a header, as any browser would be. */
async function showsPage(name: string, host: string, withinMs: number): Promise<void> {
  const socket = new WebSocket(`ws://${host}/trace`, { origin: `http://${host}`, handshakeTimeout: withinMs })
  try {
    const told = new Promise<string>((resolve, reject) => {
      socket.on('message', data => resolve(String(data))).on('error', reject)
    })
    const late = sleep(withinMs).then(() => Promise.reject(new Error('it says nothing')))
    const first = await Promise.race([told, late])
    if (!first.includes('"open"')) throw new Error(`it begins with ${first.slice(0, 80)}`)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : cause
    throw new Error(`${name} shows no page within ${withinMs} ms: ${why}`, { cause })
  } finally {
    socket.terminate()
  }
}
