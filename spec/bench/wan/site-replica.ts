import { Replica } from '../../../actors/replica/replica.ts'
import type { Limits } from '../../../actors/shared/limits.ts'
import type { StateMachine } from '../../../actors/shared/state-machine.ts'
import type { Tap } from '../../../actors/shared/tap.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import { NOP } from '../../../machines/protocol/commands.ts'
import type { Envelope } from '../../../machines/protocol/envelope.ts'
import type { Codec } from '../../../net/codec.ts'
import type { SimulatedNetwork } from '../../../net/simulated/network.ts'
import { createMemoryDisk } from '../../../storage/simulated/disk.ts'
import { createSimulatedStore } from '../../../storage/simulated/store.ts'
import { nameOf } from '../../sim/names.ts'
import type { Events } from '../../sim/world/events.ts'
import { Process } from '../../sim/world/process.ts'
import type { Draw } from '../../sim/world/random.ts'
import type { Operation } from './operation.ts'
import type { Readings } from './reading.ts'
import { sites } from './sites.ts'

/** What the sites of one world have in common. */
export interface World {
  readonly events: Events
  readonly draw: Draw
  readonly codec: Codec
  readonly network: SimulatedNetwork
  readonly limits: Limits
  readonly flushMs: number
  /** Puts, by name. */
  readonly operations: Map<string, Operation>
  readonly readings: Readings
  /** Messages that were sent between sites. */
  messages: number
}

/** The replica of one site, on a new disk. */
export function replicaAt(rank: number, world: World): Replica<unknown, unknown> {
  const { events, draw, codec, network, limits, flushMs } = world
  const members = sites.map((_, rank) => rank + 1)
  const member = rank + 1
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
    tap: tapOf(rank, world),
  })
}

/** Notes what an instance carries where it is coordinated, and what concerns reads. */
function tapOf(rank: number, world: World): Tap {
  const { events, codec, operations, readings } = world
  const carried = new Map<string, readonly Operation[]>()
  const reads = readings.tap(rank)
  return {
    ...reads,
    sent: (to, message) => {
      reads.sent(to, message)
      if (to !== rank) world.messages++
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
