import { expect } from 'chai'
import { Replica } from '../../../actors/replica/replica.ts'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import type { StateMachine } from '../../../actors/shared/state-machine.ts'
import type { Command } from '../../../machines/protocol/commands.ts'
import { envelopes } from '../../../machines/protocol/envelope.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import { createMemoryNetwork } from '../../../net/simulated/memory-network.ts'
import { createMemoryDisk } from '../../../storage/simulated/disk.ts'
import { createSimulatedStore, type FlushFate } from '../../../storage/simulated/store.ts'
import { Events } from '../../sim/world/events.ts'
import { Process } from '../../sim/world/process.ts'
import { createDraw } from '../../sim/world/random.ts'

const members = [1, 2, 3]
const codec = createCodec(defaultLimits)

/** Counts its commands; all of them conflict. */
function createCounter(): StateMachine<string, number> {
  let count = 0
  return {
    footprint: () => ({ reads: [], writes: ['k'] }),
    apply: () => ++count,
    snapshot: () => Uint8Array.of(count),
    restore: () => undefined,
  }
}

/** A cluster of three whose disks, and the fates of whose flushes, are the spec's. */
function cluster() {
  const events = new Events()
  const host = new Process(events, 1, 0)
  const network = createMemoryNetwork({ clock: host.clock })
  const disks = members.map(member => {
    const disk = createMemoryDisk()
    disk.format({ cluster: 'c', member, members, epoch: 1, storeIdentity: `disk ${member}` })
    return disk
  })
  let fate: FlushFate = 'done'
  let writes = 0
  const replicas = members.map(
    (id, at) =>
      new Replica<string, number>({
        id,
        members,
        clock: host.clock,
        random: createDraw(`replica ${id}`).next,
        limits: defaultLimits,
        codec,
        stateMachine: createCounter(),
        transport: network.transport(id),
        store: createSimulatedStore({
          disk: disks[at]!,
          host,
          openMs: () => 1,
          flushMs: () => 1,
          flushFate: () => {
            if (id !== 1) return 'done'
            writes++
            return fate
          },
        }),
      }),
  )
  const until = async (what: string, isMet: () => boolean) => {
    for (const endMs = events.nowMs + 60_000; events.nowMs < endMs; ) {
      for (let step = 0; step < 20; step++) events.step()
      // Promises settle between the steps.
      await null
      if (isMet()) return
    }
    throw new Error(`${what}: not within a minute`)
  }
  return {
    events,
    disks,
    replicas,
    until,
    writesOfFirst: () => writes,
    setFate: (next: FlushFate) => {
      fate = next
    },
  }
}

describe('restart', () => {
  it('recovers an id that only a durable dependency vector tells of, when all who live have restarted', async () => {
    const { disks, replicas, until } = cluster()
    // Member 2 answered {2.1}, of which it alone has a record, and is gone; 1 and 3 committed 1.1 -> 2.1, and stopped.
    const payload = codec.encodeData(envelopes.command('x'))
    const cmd: Command = { footprint: { reads: [], writes: ['k'] }, payloads: [payload] }
    const vote = codec.encodeVote({
      phase: 'committed',
      bal: 0,
      abal: 0,
      cmd,
      initCmd: cmd,
      dep: [0, 1, 0],
      initDep: [0, 0, 0],
    })
    const survivors = [0, 2]
    for (const at of survivors)
      disks[at]!.apply({ records: [{ epoch: 1, rank: 0, index: 1, vote, command: codec.encodeCommand(cmd) }] })
    for (const at of survivors) void replicas[at]!.start()
    await until('1.1 is executed', () => survivors.every(at => replicas[at]!.status().commandsExecuted === 1))
  })
})

describe('a full disk', () => {
  it('says that it cannot vote, tries again now and then, and goes on once there is room', async () => {
    const { events, replicas, until, setFate, writesOfFirst } = cluster()
    for (const replica of replicas) void replica.start()
    const linksTo1 = () => replicas.slice(1).map(replica => replica.status().links[1])
    await until('all live', () => linksTo1().every(state => state === 'live'))
    setFate('full')
    let result: number | undefined
    void replicas[0]!.propose('x').then(value => {
      result = value
    })
    await until('others know', () => linksTo1().every(state => state === 'mute'))
    const before = writesOfFirst()
    for (const endMs = events.nowMs + 10_000; events.nowMs < endMs; ) events.step()
    expect(writesOfFirst() - before).to.be.within(4, 6)
    setFate('done')
    await until('the answer', () => result === 1)
    await until('others ask it again', () => linksTo1().every(state => state === 'live'))
  })
})
