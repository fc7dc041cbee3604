import { Replica } from '../../../actors/replica/replica.ts'
import type { Limits } from '../../../actors/shared/limits.ts'
import type { StateMachine } from '../../../actors/shared/state-machine.ts'
import type { Tap } from '../../../actors/shared/tap.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import { NOP } from '../../../machines/protocol/commands.ts'
import type { Envelope } from '../../../machines/protocol/envelope.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import { SimulatedNetwork } from '../../../net/simulated/network.ts'
import { createMemoryDisk } from '../../../storage/simulated/disk.ts'
import { createSimulatedStore } from '../../../storage/simulated/store.ts'
import { nameOf } from '../../sim/names.ts'
import { Events } from '../../sim/world/events.ts'
import { Process } from '../../sim/world/process.ts'
import { createDraw } from '../../sim/world/random.ts'
import { beginClient } from './client.ts'
import type { Operation } from './operation.ts'
import { roundTripMs, sites } from './sites.ts'

export interface WanOptions {
  readonly seed: number
  /** Probability that a put goes to the shared key, 0 to 1. */
  readonly conflicts: number
  readonly clientsPerSite: number
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
  /** Those that began within the measurement. All of them were answered. */
  readonly operations: readonly Operation[]
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
  const { seed, limits, flushMs, warmUpMs, measuredMs, clientsPerSite } = options
  const events = new Events()
  const draw = createDraw(`wan ${seed}`)
  const codec = createCodec(limits)
  const operations = new Map<string, Operation>()
  let messages = 0
  const network = new SimulatedNetwork({
    fate: (from, to) => [roundTripMs(from - 1, to - 1) / 2],
    greetingMs: () => 1,
  })
  const members = sites.map((_, rank) => rank + 1)

  /** What an instance carries, noted where it is coordinated. */
  function observe(rank: number): Tap {
    const carried = new Map<string, readonly Operation[]>()
    return {
      sent: (to, message) => {
        if (to !== rank) messages++
        if (message.type !== 'commit' || message.id.rank !== rank) return
        // A fast commit is first told when it is durable.
        for (const operation of carried.get(nameOf(message.id)) ?? []) operation.committedMs = events.nowMs
        carried.delete(nameOf(message.id))
      },
      committed: (id, cmd, _, path) => {
        if (id.rank !== rank || cmd === NOP) return
        const all = cmd.payloads.flatMap(payload => {
          const envelope = codec.decodeList(payload) as unknown as Envelope
          if (envelope[0] !== 8) return []
          return envelope[3].flatMap(sequence => operations.get(`${envelope[1]} ${sequence}`) ?? [])
        })
        for (const operation of all) {
          operation.decidedMs = events.nowMs
          operation.committedMs = events.nowMs
          operation.isFast = path === 'fast'
        }
        if (path === 'fast') carried.set(nameOf(id), all)
      },
    }
  }

  const replicas = members.map((member, rank) => {
    const process = new Process(events, 1, 0)
    const disk = createMemoryDisk()
    disk.format({ cluster: 'wan', member, members, epoch: 1, storeIdentity: `disk ${member}` })
    return new Replica<unknown, unknown>({
      id: member,
      members,
      stateMachine: createKvStateMachine() as StateMachine<unknown, unknown>,
      transport: network.transport(member, process),
      store: createSimulatedStore({
        disk,
        host: process,
        openMs: () => 1,
        flushMs: () => flushMs,
        flushFate: () => 'done',
      }),
      codec,
      clock: process.clock,
      wallClock: process.wallClock,
      random: draw.fork(`replica ${member}`).next,
      // A commit that is told counts as durable here: it is told at once.
      limits: { ...limits, commitDelayMs: 0 },
      tap: observe(rank),
    })
  })

  function until(what: string, withinMs: number, isOver: () => boolean): void {
    for (const endMs = events.nowMs + withinMs; !isOver(); )
      if (!events.step() || events.nowMs > endMs) throw new Error(`${what}: not within ${withinMs} simulated ms`)
  }

  for (const replica of replicas) replica.start().catch(() => undefined)
  until('all vote', 5_000, () => replicas.every(({ state }) => state === 'voting'))
  const fromMs = events.nowMs + warmUpMs
  const toMs = fromMs + measuredMs
  replicas.forEach((replica, rank) => {
    for (let at = 0; at < clientsPerSite; at++)
      beginClient({
        replica,
        rank,
        name: `${sites[rank]}.${at}`,
        conflicts: options.conflicts,
        draw: draw.fork(`client ${rank} ${at}`),
        events,
        codec,
        untilMs: toMs,
        began: operation => operations.set(operation.name, operation),
      })
  })
  function eachLinkOf(site: number, run: (from: number, to: number) => void): void {
    for (const other of members.filter(member => member !== site)) {
      run(site, other)
      run(other, site)
    }
  }
  if (options.cutOff !== undefined) {
    const site = options.cutOff + 1
    events.at(fromMs + measuredMs / 4, () => eachLinkOf(site, (from, to) => network.cut(from, to)))
    events.at(fromMs + measuredMs / 2, () => eachLinkOf(site, (from, to) => network.heal(from, to)))
  }
  until('the measurement ends', warmUpMs + measuredMs, () => events.nowMs >= toMs)
  const all = [...operations.values()]
  until('all are answered', quietMs, () => all.every(({ answeredMs }) => !Number.isNaN(answeredMs)))
  const sent = messages
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
    recoveries: sum(statuses.map(({ recoveries }) => recoveries)),
    nops: Math.max(...statuses.map(({ nops }) => nops)),
    messagesPerOperation: sent / all.length,
  }
}

const sum = (values: readonly number[]): number => values.reduce((all, each) => all + each, 0)
