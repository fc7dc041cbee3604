import { expect } from 'chai'
import { createReplica } from '../../../actors/node/create-replica.ts'
import type { Replica } from '../../../actors/replica/replica.ts'
import { defaultLimits, type Limits } from '../../../actors/shared/limits.ts'
import type { StateMachine } from '../../../actors/shared/state-machine.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import { createMemoryNetwork } from '../../../net/simulated/memory-network.ts'
import { systemClock } from '../../../net/system-clock.ts'
import { createMemoryDisk } from '../../../storage/simulated/disk.ts'
import { createMemoryStore } from '../../../storage/simulated/memory-store.ts'
import { until } from '../../contracts/transport.ts'

const sound: StateMachine<unknown, unknown> = {
  footprint: () => ({ reads: [], writes: ['k'] }),
  apply: () => null,
  snapshot: () => new Uint8Array(0),
  restore: () => undefined,
}

/** A cluster of one, not started. */
function replicaWith(changes: object, disk = createMemoryDisk(), limits: Partial<Limits> = {}): Replica {
  const network = createMemoryNetwork({ clock: systemClock, codec: createCodec(defaultLimits) })
  const isNew = disk.contents() === undefined
  const bootstrap = isNew ? { cluster: 'one', member: 1, members: [1], epoch: 1, snapshot: undefined } : undefined
  const store = { disk, clock: systemClock, random: () => 0.5, bootstrap, writeDelayMs: 0 }
  return createReplica<unknown, unknown>({
    id: 1,
    members: [1],
    stateMachine: { ...sound, ...changes },
    transport: network.transport(1),
    store: createMemoryStore(store),
    log: () => undefined,
    limits,
  })
}

/** The error of a start. */
const failure = async (replica: Replica): Promise<unknown> => {
  try {
    await replica.start()
    return undefined
  } catch (error) {
    return error
  } finally {
    await replica.stop()
  }
}

describe('an unsound state machine', () => {
  it('input 9: with an async or missing method is refused before anything begins', () => {
    const isWrong = (changes: object, words: string) =>
      expect(() => replicaWith(changes))
        .to.throw(words)
        .with.property('code', 'badStateMachine')
    isWrong({ snapshot: async () => new Uint8Array(0) }, 'snapshot of the state machine is async')
    isWrong({ apply: async () => null }, 'apply of the state machine is async')
    isWrong({ async *due() {} }, 'due of the state machine is async or a generator')
    isWrong({ restore: undefined }, 'restore of the state machine: a function is expected')
    isWrong({ snapshot: undefined, restore: undefined }, 'has `tables` made by `createTables`, or')
    isWrong({ stamped: 'no' }, 'stamped of the state machine: a function is expected')
  })

  it('input 9: whose snapshot is a promise, an object or nothing is refused at the start', async () => {
    const found = [Promise.reject(new Error('later')), { a: 1 }, undefined, 'text', [1, 2]]
    const words = ['a promise', 'an object (Object)', 'undefined', 'a string', 'a list of 2']
    for (const [at, state] of found.entries()) {
      const error = await failure(replicaWith({ snapshot: () => state }))
      expect(error).to.include({ name: 'StateMachineError', code: 'badStateMachine' })
      expect(error).to.have.property('message').that.includes(`and returned ${words[at]}`)
    }
  })

  it('input 10: with an apply that throws, propose settles, and the replica can be drained', async () => {
    const replica = replicaWith({
      apply: () => {
        throw new Error('boom')
      },
    })
    await replica.start()
    const error: unknown = await replica.propose('x').catch((found: unknown) => found)
    expect(error).to.include({ code: 'applyFailed' })
    await replica.drain()
    expect(replica.state).to.equal('stopped')
  })

  it('input 10: drain and stop before the start settle, and a start afterwards is refused', async () => {
    for (const end of ['drain', 'stop'] as const) {
      const replica = replicaWith({})
      await replica[end]()
      await replica[end]()
      expect(replica.state).to.equal('stopped')
      const error: unknown = await replica.start().catch((found: unknown) => found)
      expect(error).to.include({ code: 'notReady' })
    }
  })

  it('input 10: status answers before the start, and when snapshot throws from the beginning', async () => {
    const replica = replicaWith({
      snapshot: () => {
        throw new Error('never')
      },
    })
    expect(replica.status()).to.include({ digest: undefined })
    await replica.start()
    expect(replica.status().snapshotError).to.include('never')
    await replica.stop()
  })

  it('whose restore throws, or is async, does not start on a state that it has to read, and says why', async () => {
    const disk = createMemoryDisk()
    const first = replicaWith({}, disk, { snapshotCommands: 1 })
    await first.start()
    await first.propose('x')
    await until('a checkpoint', () => disk.contents()?.checkpoint !== undefined)
    await first.drain()
    const throwing = () => {
      throw new Error('of another version')
    }
    for (const [restore, words] of [
      [throwing, 'restore of the state machine threw on 0 bytes: Error: of another version'],
      [() => Promise.reject(new Error('later')), 'restore of the state machine returned a promise'],
    ] as const) {
      const error = await failure(replicaWith({ restore }, disk))
      expect(error).to.include({ code: 'badStateMachine', message: words })
    }
    expect(await failure(replicaWith({}, disk)), 'the data is as it was').to.equal(undefined)
  })

  it('input 35: observers that throw do not reach the replica: a tap, and a log', async () => {
    const told: string[] = []
    const network = createMemoryNetwork({ clock: systemClock, codec: createCodec(defaultLimits) })
    const bootstrap = { cluster: 'one', member: 1, members: [1], epoch: 1, snapshot: undefined }
    const disk = createMemoryDisk()
    const broken = (): never => {
      throw new Error('of an observer')
    }
    const replica = createReplica<unknown, unknown>({
      id: 1,
      members: [1],
      stateMachine: sound,
      transport: network.transport(1),
      store: createMemoryStore({ disk, clock: systemClock, random: () => 0.5, bootstrap, writeDelayMs: 0 }),
      tap: { written: broken, stateChanged: broken, stepped: broken, flushBegan: broken, executed: broken },
      runtime: () => broken(),
      log: event => {
        if (event.code === 'observerFailed') told.push(event.what.split(' ')[0]!)
        throw new Error('of a log')
      },
    })
    await replica.start()
    expect(await replica.propose('x')).to.equal(null)
    await replica.propose('y')
    for (let times = 0; times < 3; times++) expect(replica.status()).to.include({ runtime: undefined })
    await replica.drain()
    expect(replica.state).to.equal('stopped')
    const methods = ['executed', 'flushBegan', 'stateChanged', 'stepped', 'the', 'written']
    expect(told.sort(), 'once each').to.eql(methods)
  })
})
