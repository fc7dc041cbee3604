import { expect } from 'chai'
import { get, type KvCommand, type KvResult, put } from '../../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import { memoryCluster } from '../support/memory-cluster.ts'

const cluster = () =>
  memoryCluster<KvCommand, KvResult>({
    stateMachine: () => createKvStateMachine(),
    limits: { snapshotCommands: 20, recordsKept: 3, snapshotChunkBytes: 64, digestIntervalMs: 0 },
  })

describe('status', () => {
  it('says what is kept: records above the floor, index keys, sessions, the snapshot and its age', async () => {
    const { replicas, execute, pass } = await cluster()
    const before = replicas[0]!.status()
    expect(before).to.include({
      records: 0,
      indexKeys: 0,
      sessions: 0,
      snapshot: undefined,
      snapshotTransfer: undefined,
    })
    expect(before.floor).to.eql([0, 0, 0])
    await execute(1, put('a', '1'))
    await execute(1, put('b', '1'))
    expect(replicas[0]!.status()).to.include({ records: 2, indexKeys: 2 })
    const client = replicas[0]!.connected({ send: () => undefined, close: () => undefined })
    client.requests([{ type: 'openSession', request: 1 }])
    for (let at = 0; at < 60; at++) await execute(1, put('a', `${at}`))
    await pass(3_000)
    const { records, floor, sessions, snapshot } = replicas[0]!.status()
    expect(sessions).to.equal(1)
    expect(floor[0]).to.be.above(10)
    expect(records).to.be.within(3, 50)
    expect(snapshot!.bytes).to.be.above(50)
    expect(snapshot!.agoMs).to.be.above(2_900)
  })

  it('says how much of a snapshot from another replica is here', async () => {
    const { replicas, execute, cut, heal, until } = await cluster()
    cut(3)
    for (let at = 0; at < 100; at++) await execute(1, put(`k${at}`, 'v'.repeat(200)))
    heal(3)
    await until('it comes', () => (replicas[2]!.status().snapshotTransfer?.received ?? 0) > 0)
    const { received, size } = replicas[2]!.status().snapshotTransfer!
    expect(received).to.be.within(64, size)
    await until('it is here', () => replicas[2]!.status().snapshotsInstalled > 0)
    expect((replicas[2]!.query(get('k0')) as { value: unknown }).value).to.equal('v'.repeat(200))
    expect(replicas[2]!.status().snapshotTransfer).to.equal(undefined)
  })

  it('says at once that a replica which was drained votes no more', async () => {
    const { replicas, execute, nowMs, until } = await cluster()
    await execute(1, put('k', 'v'))
    expect(replicas[0]!.status().links).to.eql({ 2: 'live', 3: 'live' })
    const beforeMs = nowMs()
    void replicas[2]!.drain()
    await until('the others know', () => replicas[0]!.status().links[3] !== 'live')
    expect(nowMs() - beforeMs, 'before it would be suspected').to.be.below(400)
  })

  it('says how long flushes take, and what the program says of its process', async () => {
    const { replicas, execute, pass } = await cluster()
    for (let at = 0; at < 10; at++) await execute(1, put('a', `${at}`))
    await pass(1_000)
    const { flushes, runtime } = replicas[0]!.status()
    expect(flushes.count).to.be.at.least(10)
    // A write of these stores takes 1 ms.
    expect([flushes.p50Ms, flushes.p99Ms, flushes.maxMs].map(Math.round)).to.eql([1, 1, 1])
    expect(flushes.windowMs).to.equal(replicas[0]!.status().upMs)
    expect(runtime).to.equal(undefined)
  })
})
