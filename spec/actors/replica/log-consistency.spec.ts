import { expect } from 'chai'
import { Replica } from '../../../actors/replica/replica.ts'
import { defaultLimits, type Limits } from '../../../actors/shared/limits.ts'
import type { StateMachine } from '../../../actors/shared/state-machine.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import { createMemoryNetwork } from '../../../net/simulated/memory-network.ts'
import { createMemoryDisk } from '../../../storage/simulated/disk.ts'
import { createMemoryStore } from '../../../storage/simulated/memory-store.ts'
import { Events } from '../../sim/world/events.ts'
import { Process } from '../../sim/world/process.ts'
import { createDraw } from '../../sim/world/random.ts'

type Line = readonly [key: string, text: string]

/** A log for each key. The result is the line's place in it. */
function createLogs(logs: Map<string, string[]>): StateMachine<Line, number> {
  return {
    footprint: ([key]) => ({ reads: [], writes: [key] }),
    apply: ([key, text]) => {
      const log = logs.get(key) ?? []
      logs.set(key, log)
      return log.push(text)
    },
    snapshot: () => new TextEncoder().encode(JSON.stringify([...logs].sort(([a], [b]) => (a < b ? -1 : 1)))),
    restore: () => logs.clear(),
  }
}

interface Trial {
  readonly n: number
  readonly proposers: number
  /** The key of the i-th line of a proposer. */
  readonly key: (proposer: number, at: number) => string
  /** Draws delays so short that replicas suspect and recover without need, and loses messages. */
  readonly restless?: boolean
}

/** Proposes 40 lines a proposer, and runs simulated time until all are executed everywhere. */
async function trial({ n, proposers, key, restless = false }: Trial) {
  const events = new Events()
  const draw = createDraw(`logs ${n} ${proposers} ${restless}`)
  const { clock } = new Process(events, 1, 0)
  let isRestless = false
  const fate = () => (!isRestless ? [0] : draw.chance(0.15) ? [] : [draw.exponential(20)])
  const network = createMemoryNetwork({ clock, fate })
  const members = Array.from({ length: n }, (_, at) => at + 1)
  const logs = members.map(() => new Map<string, string[]>())
  const replicas = members.map((id, at) => {
    const limits: Limits = restless
      ? {
          ...defaultLimits,
          suspicionMs: draw.between(8, 40),
          recoveryDelayMs: draw.between(5, 30),
          retransmitDelayMs: draw.between(10, 60),
        }
      : defaultLimits
    const bootstrap = { cluster: 'logs', member: id, members, epoch: 1 }
    return new Replica<Line, number>({
      id,
      members,
      clock,
      random: draw.fork(`replica ${id}`).next,
      limits,
      codec: createCodec(limits),
      stateMachine: createLogs(logs[at]!),
      transport: network.transport(id),
      store: createMemoryStore({ disk: createMemoryDisk(), clock, random: draw.next, bootstrap, writeDelayMs: 1 }),
    })
  })
  const until = async (what: string, isMet: () => boolean) => {
    for (let round = 0; round < 20_000; round++) {
      for (let step = 0; step < 50; step++) events.step()
      // Promises settle between the steps.
      await null
      if (isMet()) return
    }
    throw new Error(`${what}: not reached at ${events.nowMs} ms`)
  }
  for (const replica of replicas) void replica.start()
  await until('voting', () => replicas.every(replica => replica.state === 'voting'))
  isRestless = restless

  let answered = 0
  const propose = (proposer: number, at: number) => {
    if (at === 40) return
    replicas[proposer]!.propose([key(proposer, at), `${proposer}.${at}`]).then(
      () => {
        answered++
        propose(proposer, at + 1)
      },
      // What was refused was not proposed: a restless replica hears too few from time to time.
      error => {
        expect(error.code).to.equal('notReady')
        clock.setTimeout(() => propose(proposer, at), 1)
      },
    )
  }
  for (let proposer = 0; proposer < proposers; proposer++) propose(proposer, 0)
  await until('answers', () => answered === 40 * proposers)
  await until('executed everywhere', () =>
    replicas.every(replica => replica.status().commandsExecuted === 40 * proposers),
  )

  for (const log of logs) expect(new Map([...log].sort())).to.deep.equal(new Map([...logs[0]!].sort()))
  const lines = [...logs[0]!.values()].flat()
  expect(lines).to.have.length(40 * proposers)
  expect(new Set(lines).size).to.equal(lines.length)
  return replicas.map(replica => replica.status())
}

const sum = (all: readonly number[]) => all.reduce((total, each) => total + each, 0)

describe('logs are equal at all replicas', () => {
  for (const n of [3, 5]) {
    it(`one proposer, no conflicts, n = ${n}: all on the fast path`, async () => {
      const all = await trial({ n, proposers: 1, key: (_, at) => `k${at}` })
      expect(sum(all.map(status => status.slowPath))).to.equal(0)
    })
    it(`three proposers, no conflicts, n = ${n}: all on the fast path`, async () => {
      const all = await trial({ n, proposers: 3, key: (proposer, at) => `k${proposer}.${at}` })
      expect(sum(all.map(status => status.slowPath))).to.equal(0)
      expect(sum(all.map(status => status.fastPath))).to.be.above(0)
    })
    it(`three proposers, all lines conflict, n = ${n}: some on the slow path`, async () => {
      const all = await trial({ n, proposers: 3, key: () => 'one' })
      expect(sum(all.map(status => status.slowPath))).to.be.above(0)
    })
    it(`three proposers, conflicts, random timeouts and losses, n = ${n}: recoveries, and every line once`, async () => {
      const all = await trial({ n, proposers: 3, key: (_, at) => `k${at % 3}`, restless: true })
      expect(sum(all.map(status => status.recoveries))).to.be.above(0)
    })
  }
})
