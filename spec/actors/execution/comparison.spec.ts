import { expect } from 'chai'
import { Comparison, DivergenceError } from '../../../actors/execution/comparison.ts'
import { Links } from '../../../actors/records/links.ts'
import { defaultLimits, type Limits } from '../../../actors/shared/limits.ts'
import type { StateMachine } from '../../../actors/shared/state-machine.ts'
import { get, type KvCommand, type KvResult, put } from '../../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import { createMembership } from '../../../machines/protocol/membership.ts'
import { encodeData } from '../../../net/codec/data.ts'
import { idOf } from '../support/ledger.ts'
import { memoryCluster } from '../support/memory-cluster.ts'

const intervalMs = 2_000

/** A store in which a value that is to drift is written wrongly by some members, each in its own way. */
function drifting(member: number, drifters: readonly number[]): StateMachine<KvCommand, KvResult> {
  const machine = createKvStateMachine()
  const isOff = drifters.includes(member)
  return {
    ...machine,
    apply: command =>
      machine.apply(
        isOff && command[0] === 1 && command[1] === 'drift' ? put(command[1], `off at ${member}`) : command,
      ),
  }
}

const cluster = (drifters: readonly number[] = [], limits: Partial<Limits> = {}) =>
  memoryCluster({
    stateMachine: member => drifting(member, drifters),
    limits: { digestIntervalMs: intervalMs, ...limits },
  })

describe('comparison of states', () => {
  it('a replica whose state differs from that of most stops, and says which digests, where; the others go on', async () => {
    const { replicas, execute, until, pass, told } = await cluster([3])
    await execute(1, put('drift', 'v'))
    await until('the one that drifted stops', () => replicas[2]!.state === 'failed')
    const { error } = replicas[2]!.status()
    expect(error).to.match(/different states at instance \d+ of member 1: .*; most replicas have another one/)
    for (const who of ['member 3', '(member 1, member 2|member 2, member 1)'])
      expect(error).to.match(new RegExp(`[0-9a-f]{16} at ${who};`))
    await pass(3 * intervalMs)
    expect(replicas.map(replica => replica.state)).to.eql(['voting', 'voting', 'failed'])
    expect(await execute(2, get('drift'))).to.eql({ ok: true, value: 'v' })
    const diverged = told.filter(({ event }) => event.code === 'othersDiverged')
    expect(diverged).to.have.length.above(0)
    for (const { member, event } of diverged) {
      expect(member).to.be.oneOf([1, 2])
      expect(event).to.deep.include({ peers: [3] })
    }
  })

  it('input 23: a snapshot in insertion order makes all stop, and the words name that cause before any other', async () => {
    const { replicas, execute, until } = await memoryCluster<readonly [string, string], null>({
      limits: { digestIntervalMs: intervalMs },
      stateMachine: member => {
        // Where commands commute, replicas execute them in different orders: here each begins with another one.
        const state = new Map([[String(member), 'v']])
        for (const key of ['1', '2', '3']) state.set(key, 'v')
        return {
          footprint: ([key]) => ({ reads: [], writes: [key] }),
          apply([key, value]) {
            state.set(key, value)
            return null
          },
          snapshot: () => encodeData([...state]),
          restore: () => undefined,
        }
      },
    })
    await execute(1, ['k', 'v'])
    await until('all stop', () => replicas.every(replica => replica.state === 'failed'))
    for (const replica of replicas)
      expect(replica.status().error).to.match(
        /no majority.*\. Causes to look for: the state machine's snapshot may depend on insertion order/,
      )
  })

  it('of several points in one batch the first is the one that all speak of', async () => {
    const { replicas, network, pass, told } = await memoryCluster({ n: 5, stateMachine: () => createKvStateMachine() })
    network.cut(1, 5)
    const client = replicas[0]!.connected({ send: () => undefined, close: () => undefined })
    client.requests([
      { type: 'backup', request: 1, digest: '', offset: 0 },
      { type: 'propose', request: 2, payload: encodeData(put('k', 'v')) },
      { type: 'backup', request: 3, digest: '', offset: 0 },
    ])
    await pass(3_000)
    expect(replicas.map(replica => replica.state)).to.eql(Array(5).fill('voting'))
    expect(replicas[4]!.status().compared).to.eql(replicas[0]!.status().compared)
    expect(told.filter(({ event }) => event.code === 'othersDiverged')).to.eql([])
  })

  it('all stop when there is no majority', async () => {
    const { replicas, execute, until } = await cluster([1, 2])
    await execute(1, put('drift', 'v'))
    await until('all stop', () => replicas.every(replica => replica.state === 'failed'))
    for (const replica of replicas) expect(replica.status().error).to.match(/no majority/)
  })

  it('two that differ while the third is away wait for it until the next comparison has had its time', async () => {
    const { replicas, execute, until, pass, cut } = await cluster([2])
    cut(3)
    await execute(1, put('drift', 'v'))
    await pass(intervalMs + 500)
    expect(replicas.map(replica => replica.state)).to.eql(['voting', 'voting', 'voting'])
    await until('both stop', () => replicas.slice(0, 2).every(replica => replica.state === 'failed'))
    expect(replicas[0]!.status().error).to.match(/too few have said/)
  })

  it('the third, when it comes back in time, decides', async () => {
    const { replicas, execute, until, pass, cut, heal } = await cluster([2])
    cut(3)
    await execute(1, put('drift', 'v'))
    await pass(intervalMs + 500)
    heal(3)
    await until('the wrong one stops', () => replicas[1]!.state === 'failed')
    await pass(3 * intervalMs)
    expect(replicas.map(replica => replica.state)).to.eql(['voting', 'failed', 'voting'])
  })

  it('equal replicas are compared again and again under load from all sides, and go on', async () => {
    const { replicas, execute, nowMs } = await cluster([], { digestIntervalMs: 300 })
    let points = 0
    for (let at = 0; at < 300; at++) await execute(1 + (at % 3), put(`k${at % 7}`, `${at}`))
    points = replicas[0]!.status().commandsExecuted - 300
    expect(points).to.be.within(3, nowMs() / 300)
    expect(replicas.map(replica => replica.state)).to.eql(['voting', 'voting', 'voting'])
  })

  it('a digest that was lost does not stop those who are right', () => {
    let nowMs = 0
    const comparison = new Comparison({
      self: 0,
      membership: createMembership([1, 2, 3]),
      limits: { ...defaultLimits, digestIntervalMs: intervalMs },
      links: new Links(0, createMembership([1, 2, 3]).quorums, 0, 500),
      now: () => nowMs,
      life: { votes: true, state: 'voting' },
      digest: () => 'right',
      say: () => undefined,
      propose: () => undefined,
      log: () => undefined,
    })
    const told = (index: number, rank: number, digest: string) =>
      comparison.told(rank, { type: 'digest', point: idOf(0, index), digest })
    comparison.reached(idOf(0, 1))
    told(1, 2, 'wrong')
    nowMs += intervalMs
    comparison.reached(idOf(0, 2))
    told(2, 1, 'right')
    for (let beats = 0; beats < 10; beats++) {
      nowMs += intervalMs
      comparison.tick()
    }
    // Nobody was stopped: it would have thrown.
    comparison.reached(idOf(0, 3))
    told(3, 1, 'other')
    expect(() => told(3, 2, 'other')).to.throw(DivergenceError)
  })

  it('the next lowest proposes when the lowest is away; nobody does when the interval is 0', async () => {
    const { replicas, pass, cut } = await cluster()
    cut(1)
    await pass(intervalMs + 1_500)
    expect(replicas[1]!.status().commandsExecuted).to.equal(1)
    const never = await cluster([], { digestIntervalMs: 0 })
    await never.pass(120_000)
    expect(never.replicas.map(replica => replica.status().commandsExecuted)).to.eql([0, 0, 0])
  })
})
