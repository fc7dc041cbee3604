import { expect } from 'chai'
import { createClient } from '../../../actors/node/create-client.ts'
import { createReplica } from '../../../actors/node/create-replica.ts'
import { boundsToRead, completeLimits, LimitsError, limitsOf } from '../../../actors/shared/check-limits.ts'
import { defaultLimits, type Limits } from '../../../actors/shared/limits.ts'
import { connectKv } from '../../../examples/kv/connect.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import { systemClock, systemRandom } from '../../../index.ts'
import type { Bounds } from '../../../machines/protocol/shape.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import { createMemoryNetwork } from '../../../net/simulated/memory-network.ts'
import { createMemoryDisk } from '../../../storage/simulated/disk.ts'
import { createMemoryStore } from '../../../storage/simulated/memory-store.ts'

const none = { members: 3 }

describe('input 22: limits', () => {
  it('the defaults go together, with the key-value store, for 9 members', () => {
    expect(limitsOf({}, { members: 9, ...createKvStateMachine().largest })).to.eql(defaultLimits)
    expect(limitsOf(undefined, none)).to.eql(defaultLimits)
  })

  it('one that is undefined is not given; 0 is a value where it says none', () => {
    expect(limitsOf({ suspicionMs: undefined } as unknown as Partial<Limits>, none)).to.eql(defaultLimits)
    expect(limitsOf({ digestIntervalMs: 0, voteDelayMs: 0 }, none)).to.include({ digestIntervalMs: 0, voteDelayMs: 0 })
  })

  it('are positive whole numbers, each of them', () => {
    for (const name of Object.keys(defaultLimits) as (keyof Limits)[])
      for (const value of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '7', null, 2 ** 53]) {
        const given = { [name]: value } as unknown as Partial<Limits>
        expect(() => limitsOf(given, none), `${name} ${value}`).to.throw(LimitsError, `${name} should be a positive`)
      }
    expect(() => limitsOf({ suspicionMs: 0 }, none)).to.throw(/suspicionMs should be a positive whole number, not 0/)
    expect(() => limitsOf({ typo: 7 } as Partial<Limits>, none)).to.throw(/'typo' is no limit/)
    expect(() => completeLimits({ a: 1 }, { a: 0 }, new Set(['a']))).to.not.throw()
  })

  for (const [given, words] of [
    [{ keyBytesMax: 8 }, /keyBytesMax is 8, less than 128: the names of sessions/],
    [{ membersMax: 2 }, /membersMax is 2, and there are 3 members/],
    [{ footprintKeysMax: 1 }, /footprintKeysMax is 1/],
    [{ payloadBytesMax: 1_000 }, /payloadBytesMax is 1000, less than keyBytesMax/],
    [
      { payloadBytesMax: 100_000, snapshotChunkBytes: 100_001 },
      /payloadBytesMax .* snapshotChunkBytes, which is 100001/,
    ],
    [{ payloadBytesMax: 16_777_216 }, /frameBytesMax .* less than payloadBytesMax/],
    [{ clientFrameBytesMax: 10_000 }, /clientFrameBytesMax/],
    [{ linkQueueBytesMax: 10_000 }, /linkQueueBytesMax .* frameBytesMax/],
    [{ clientQueueBytesMax: 10_000 }, /clientQueueBytesMax .* clientFrameBytesMax/],
    [{ heartbeatIntervalMs: 300 }, /suspicionMs is 500, less than twice heartbeatIntervalMs/],
    [{ retransmitDelayMs: 3_000 }, /retransmitDelayMaxMs/],
    [{ recoveryDelayMs: 3_000 }, /recoveryDelayMaxMs/],
    [{ reconnectDelayMs: 3_000 }, /reconnectDelayMaxMs/],
    [{ snapshotBytesMax: 10 }, /snapshotBytesMax/],
  ] as const)
    it(`contradict each other: ${JSON.stringify(given)}`, () => {
      expect(() => limitsOf(given, none)).to.throw(LimitsError, words)
    })

  it('a part of a snapshot gives way to a small payload: replicas of small commands send large states, too', () => {
    expect(limitsOf({ payloadBytesMax: 65_536 }, none).snapshotChunkBytes).to.equal(65_536)
  })

  it('one that is lowered bounds what is taken in, not what is read', () => {
    expect(createCodec(boundsToRead), 'all that a codec needs').to.be.an('object')
    for (const name of Object.keys(boundsToRead) as (keyof Bounds)[])
      expect(boundsToRead[name], name).to.be.at.least(defaultLimits[name])
  })

  it('whatever limits took in is read under all others: one that could take in more is refused', () => {
    const roomy = {
      frameBytesMax: 67_108_864,
      linkQueueBytesMax: 1e9,
      clientFrameBytesMax: 1e9,
      clientQueueBytesMax: 1e9,
    }
    const larger = limitsOf({ ...roomy, payloadBytesMax: boundsToRead.payloadBytesMax }, none)
    const payload = new Uint8Array(larger.payloadBytesMax)
    const write = { footprint: { reads: [], writes: ['k'] }, payloads: [payload] }
    const codec = createCodec(boundsToRead)
    expect(codec.decodeCommand(codec.encodeCommand(write)).payloads[0]).to.have.length(payload.length)
    for (const name of Object.keys(boundsToRead) as (keyof Bounds)[]) {
      expect(() => limitsOf({ ...roomy, [name]: boundsToRead[name] + 1 }, none), name).to.throw(LimitsError, name)
    }
  })

  it('are checked against the state machine: what may be put may be swapped', () => {
    const { largest } = createKvStateMachine({ valueBytesMax: 2_000_000 })
    expect(() => limitsOf({}, { ...none, ...largest })).to.throw(/payloadBytesMax .* commands that need 4002/)
    expect(() => limitsOf({ keyBytesMax: 500 }, { ...none, ...largest })).to.throw(/keyBytesMax is 500/)
  })

  it('are checked when a replica, a store or a client is made', () => {
    const clock = systemClock
    const make = (limits: Partial<Limits>) =>
      createReplica({
        id: 1,
        members: [1, 2, 3],
        stateMachine: createKvStateMachine(),
        transport: createMemoryNetwork({ clock }).transport(1),
        store: createMemoryStore({ disk: createMemoryDisk(), clock, random: systemRandom }),
        limits,
      })
    expect(() => make({ membersMax: 2 })).to.throw(LimitsError)
    expect(() => make({ payloadBytesMax: 1_114_112 }), 'no room for two values').to.throw(LimitsError)
    expect(() => createKvStateMachine({ valueBytesMax: 0 })).to.throw(LimitsError, /valueBytesMax/)
    const endpoints = ['ws://127.0.0.1:1']
    for (const limits of [{ inFlightMax: 0 }, { queueMax: -1 }, { timeoutMs: Number.NaN }, { executeMax: 0 }])
      for (const connect of [() => createClient({ endpoints, ...limits }), () => connectKv({ endpoints, ...limits })])
        expect(connect, JSON.stringify(limits)).to.throw(LimitsError, Object.keys(limits)[0])
    createClient({ endpoints, inFlightMax: undefined } as never).close()
  })
})
