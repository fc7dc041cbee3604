import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { RefusedError } from '../../../examples/cli/exit.ts'
import { connectKv } from '../../../examples/kv/connect.ts'
import { hangingSyncs } from '../faults/disk/hanging-sync.ts'
import { eventually, RealCluster } from '../real-cluster.ts'
import { HungClient, type Seen, together } from './clients.ts'

export interface HungOptions {
  readonly replicas: number
  /** How many of them have flushes that hang: those of the highest ids. */
  readonly hung: number
  readonly seconds: number
  /** They run the built program. */
  readonly built: boolean
}

/** What clients saw of flushes that hung. Times in ms. */
export interface HungReport extends HungOptions {
  /** Of the replicas whose flushes do not hang, and of the others: while they hang. */
  readonly healthy: Seen
  readonly own: Seen
  /** The limit of each command. */
  readonly limitMs: number
  /** Until a replica said that its disk is stalled. */
  readonly saidAfterMs: number
  /** From the release until each replica had answered a command of a client of its own. */
  readonly backAfterMs: number
  /** Acknowledged values that are not read afterwards. */
  readonly lost: readonly string[]
  readonly unexpectedEnds: readonly string[]
}

const clientsPerReplica = 2
const warmUpMs = 2_000
/** Longer than a crash of a replica takes the others, so that what waits for the end of the flush is seen to end itself. */
const limitMs = 3_000

/** Hangs the flushes of some replicas of a cluster under load, and releases them. @throws RefusedError where syncs cannot be made to hang */
export async function measureHung(options: HungOptions): Promise<HungReport> {
  const { replicas, hung: hungCount, seconds, built } = options
  const directory = mkdtempSync(join(tmpdir(), 'epaxos-hung-'))
  const syncs = hangingSyncs(directory)
  if (typeof syncs === 'string') throw new RefusedError(syncs)
  const cluster = await RealCluster.create(replicas, { built, envOf: (id, data) => syncs.envOf(id, data) })
  const hung = cluster.ids.slice(replicas - hungCount)
  const clients: HungClient[] = []
  try {
    await cluster.startAll('--bootstrap')
    for (const id of cluster.ids)
      for (let at = 0; at < clientsPerReplica; at++)
        clients.push(new HungClient(id, cluster.members.get(id)!, `${id}.${at}`, limitMs))
    await sleep(warmUpMs)
    for (const each of clients) each.look()
    const fromMs = performance.now()
    for (const id of hung) syncs.hang(id)
    const saidAfterMs = await untilDisks(cluster, hung, 'stalled').then(() => performance.now() - fromMs)
    await sleep(Math.max(0, seconds * 1_000 - saidAfterMs))
    const seenBy = (isHung: boolean) =>
      together(clients.filter(({ member }) => hung.includes(member) === isHung).map(({ seen }) => seen))
    const [healthy, own] = [seenBy(false), seenBy(true)]
    for (const each of clients) each.look()
    for (const id of hung) syncs.release(id)
    const backAfterMs = await untilAnswered(clients)
    await untilDisks(cluster, hung, 'ok')
    await Promise.all(clients.map(each => each.stop()))
    return {
      ...options,
      healthy,
      own,
      limitMs,
      saidAfterMs,
      backAfterMs,
      lost: await lostOf(cluster, clients),
      unexpectedEnds: cluster.unexpectedEnds,
    }
  } finally {
    for (const id of hung) syncs.release(id)
    await Promise.all(clients.map(each => each.stop()))
    await cluster.dispose()
    rmSync(directory, { recursive: true, force: true })
  }
}

const untilDisks = (cluster: RealCluster, ids: readonly number[], state: string): Promise<true> =>
  eventually(`the disks of ${ids} are ${state}`, async () => {
    const all = await Promise.all(ids.map(id => cluster.status(id)))
    return all.every(({ disk }) => disk === state) ? true : undefined
  })

/** @returns the longest time until a replica had answered a client of its own */
const untilAnswered = (clients: readonly HungClient[]): Promise<number> =>
  eventually('every replica answers', async () => {
    const members = new Set(clients.map(({ member }) => member))
    const first = [...members].map(member =>
      Math.min(
        ...clients.filter(each => each.member === member).map(each => each.answeredAfterMs ?? Number.POSITIVE_INFINITY),
      ),
    )
    const last = Math.max(...first)
    return Number.isFinite(last) ? last : undefined
  })

/** Reads through every replica what was acknowledged. */
async function lostOf(cluster: RealCluster, clients: readonly HungClient[]): Promise<readonly string[]> {
  const acknowledged = new Map(clients.flatMap(each => [...each.acknowledged]))
  const lost: string[] = []
  for (const id of cluster.ids) {
    const client = connectKv({ endpoints: [cluster.members.get(id)!], timeoutMs: 60_000 })
    const read = await Promise.all(
      [...acknowledged].map(async ([key, value]) => [key, (await client.get(key)) === value]),
    )
    for (const [key, isThere] of read) if (isThere === false) lost.push(`${key} at replica ${id}`)
    client.close()
  }
  return lost
}
