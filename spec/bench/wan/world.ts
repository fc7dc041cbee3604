import type { Replica } from '../../../actors/replica/replica.ts'
import type { Limits } from '../../../actors/shared/limits.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import { SimulatedNetwork } from '../../../net/simulated/network.ts'
import { Events } from '../../sim/world/events.ts'
import { createDraw } from '../../sim/world/random.ts'
import { beginClient } from './client.ts'
import type { Operation } from './operation.ts'
import { beginReader } from './reader.ts'
import { type Reading, Readings } from './reading.ts'
import { replicaAt, type World } from './site-replica.ts'
import { roundTripMs, sites } from './sites.ts'

export interface WanOptions {
  readonly seed: number
  /** Probability that a put goes to the shared key, 0 to 1. */
  readonly conflicts: number
  readonly clientsPerSite: number
  /** Clients that read the shared key by quorum; none unless given. */
  readonly readersPerSite?: number
  /** One flush of a site's disk, ms. */
  readonly flushMs: number
  /** Simulated time before, and of, the measurement, ms. */
  readonly warmUpMs: number
  readonly measuredMs: number
  /** This site, by rank, hears and is heard by none of the others for a quarter of the measurement. */
  readonly cutOff?: number | undefined
  readonly limits: Limits
}

export interface WanRun {
  /** Puts that began within the measurement. All of them were answered. */
  readonly operations: readonly Operation[]
  /** Reads that began within it. */
  readonly readings: readonly Reading[]
  /** Recoveries that any replica led, and instances that were decided Nop, from the beginning on. */
  readonly recoveries: number
  readonly nops: number
  /** Messages between sites for each operation, heartbeats included. */
  readonly messagesPerOperation: number
}

/** No operation takes so long, and no replica to be as far as the others. */
const quietMs = 60_000

/**
 * Replicas of the production actors at five sites, on simulated time: delays are those of the table and never vary, no frame is
 * lost, each site has one disk with one flush at a time, and computing takes no time. Equal options, equal results.
 * @throws Error when an operation is not answered, or the replicas end in different states
 */
export function runWan(options: WanOptions): WanRun {
  const { limits, flushMs, warmUpMs, measuredMs } = options
  const events = new Events()
  const world: World = {
    events,
    draw: createDraw(`wan ${options.seed}`),
    codec: createCodec(limits),
    network: new SimulatedNetwork({
      fate: (from, to) => [roundTripMs(from - 1, to - 1) / 2],
      greetingMs: () => 1,
    }),
    limits,
    flushMs,
    operations: new Map(),
    readings: new Readings(() => events.nowMs),
    messages: 0,
  }
  const until = (what: string, withinMs: number, isOver: () => boolean): void => {
    for (const endMs = events.nowMs + withinMs; !isOver(); )
      if (!events.step() || events.nowMs > endMs) throw new Error(`${what}: not within ${withinMs} simulated ms`)
  }
  const replicas = sites.map((_, rank) => replicaAt(rank, world))
  for (const replica of replicas) replica.start().catch(() => undefined)
  until('all vote', 5_000, () => replicas.every(({ state }) => state === 'voting'))
  const fromMs = events.nowMs + warmUpMs
  const toMs = fromMs + measuredMs
  replicas.forEach((replica, rank) => {
    beginClients(options, world, replica, rank, toMs)
  })
  if (options.cutOff !== undefined) cutOff(world, options.cutOff + 1, fromMs, measuredMs)
  until('the measurement ends', warmUpMs + measuredMs, () => events.nowMs >= toMs)
  const all = [...world.operations.values()]
  const asked = [...all, ...world.readings.all]
  until('all are answered', quietMs, () => asked.every(({ answeredMs }) => !Number.isNaN(answeredMs)))
  const sent = world.messages
  until('all have executed the same', quietMs, () => {
    const [first, ...others] = replicas.map(replica => replica.progress())
    return (
      first!.uncommitted === 0 &&
      others.every(({ executed, uncommitted }) => uncommitted === 0 && executed === first!.executed)
    )
  })
  const digests = new Set(replicas.map(replica => replica.digest()))
  if (digests.size !== 1) throw new Error(`the replicas end in different states: ${[...digests].join(', ')}`)
  const statuses = replicas.map(replica => replica.status())
  return {
    operations: all.filter(({ arrivedMs }) => arrivedMs >= fromMs),
    readings: world.readings.all.filter(({ arrivedMs }) => arrivedMs >= fromMs),
    recoveries: sum(statuses.map(({ recoveries }) => recoveries)),
    nops: Math.max(...statuses.map(({ nops }) => nops)),
    messagesPerOperation: sent / all.length,
  }
}

function beginClients(
  { clientsPerSite, readersPerSite = 0, conflicts }: WanOptions,
  world: World,
  replica: Replica,
  rank: number,
  untilMs: number,
): void {
  const { events, codec, draw, operations, readings } = world
  for (let at = 0; at < clientsPerSite; at++)
    beginClient({
      replica,
      rank,
      name: `${sites[rank]}.${at}`,
      conflicts,
      draw: draw.fork(`client ${rank} ${at}`),
      events,
      codec,
      untilMs,
      began: operation => operations.set(operation.name, operation),
    })
  for (let at = 0; at < readersPerSite; at++)
    beginReader({
      replica,
      rank,
      draw: draw.fork(`reader ${rank} ${at}`),
      events,
      codec,
      untilMs,
      began: reading => readings.began(reading),
      ended: reading => readings.ended(reading),
    })
}

/** A member hears and is heard by none of the others for the second quarter of the measurement. */
function cutOff({ events, network }: World, site: number, fromMs: number, measuredMs: number): void {
  const eachLink = (run: (from: number, to: number) => void): void => {
    for (const other of sites.map((_, rank) => rank + 1).filter(member => member !== site)) {
      run(site, other)
      run(other, site)
    }
  }
  events.at(fromMs + measuredMs / 4, () => eachLink((from, to) => network.cut(from, to)))
  events.at(fromMs + measuredMs / 2, () => eachLink((from, to) => network.heal(from, to)))
}

const sum = (values: readonly number[]): number => values.reduce((all, each) => all + each, 0)
