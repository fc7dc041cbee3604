import { expect } from 'chai'
import type { StateMachine } from '../../../actors/shared/state-machine.ts'
import { get, type KvCommand, type KvResult, put } from '../../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import type { Store } from '../../../storage/store.ts'
import { memoryCluster } from '../support/memory-cluster.ts'

const limits = { snapshotCommands: 20, recordsKept: 3, digestIntervalMs: 0 }
type Log = StateMachine<string, number>

/** A log whose state is a snapshot, and which cannot take over another's as long as `isBroken` says so. */
function logMachine(isBroken: () => boolean): Log {
  let lines: string[] = []
  return {
    footprint: () => ({ reads: ['log'], writes: ['log'] }),
    apply: line => lines.push(line),
    snapshot: () => new TextEncoder().encode(JSON.stringify(lines)),
    restore: bytes => {
      if (isBroken()) throw new Error('of another version')
      lines = JSON.parse(new TextDecoder().decode(bytes)) as string[]
    },
  }
}

/** The store, where what is read of the state is other bytes as long as `harm` gives some. */
const harmed = (store: Store, harm: (bytes: Uint8Array) => Uint8Array): Store =>
  new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (name !== 'state') return typeof value === 'function' ? value.bind(target) : value
      return new Proxy(target.state, {
        get(state, of) {
          const found: unknown = Reflect.get(state, of)
          if (of !== 'read') return typeof found === 'function' ? found.bind(state) : found
          const read: typeof state.read = (key, done) =>
            state.read(key, (error, bytes) => done(error, bytes === undefined ? bytes : harm(bytes)))
          return read
        },
      })
    },
  })

describe('a checkpoint of another replica that cannot be loaded', () => {
  it('is dropped when the state machine does not take it; nothing is read or executed until another one is here', async () => {
    let failures = 0
    let isBroken = true
    const { replicas, told, execute, cut, heal, until, pass } = await memoryCluster<string, number>({
      stateMachine: member =>
        logMachine(() => {
          if (member !== 3 || !isBroken) return false
          failures++
          return true
        }),
      limits,
    })
    cut(3)
    for (let at = 0; at < 100; at++) await execute(1, `${at}`)
    heal(3)
    const useless = () => told.filter(({ member, event }) => member === 3 && event.code === 'snapshotUseless')
    await until('both donors were asked', () => useless().length >= 2)
    expect(useless().map(({ event }) => event.code === 'snapshotUseless' && event.donor)).to.include.members([1, 2])
    expect(replicas[2]!.state, 'it goes on').to.equal('voting')
    const refused: unknown = await replicas[2]!.propose('here').catch((error: unknown) => error)
    expect(refused).to.include({ code: 'notReady' })
    expect(await execute(1, 'there'), 'others are served').to.equal(101)
    const { executedPrefix } = replicas[2]!.status()
    await pass(10_000)
    expect(replicas[2]!.status().executedPrefix, 'nothing was executed on what is no state').to.eql(executedPrefix)
    expect(failures, 'a donor is not asked at once again').to.be.below(12)
    isBroken = false
    await until('it has the state', () => replicas[2]!.status().snapshotsInstalled > 0)
    expect(await execute(3, 'here'), 'it goes on where the others stand').to.equal(102)
  })

  it('ends nothing when its records are none, and others are asked', async () => {
    let left = 2
    const { replicas, told, execute, cut, heal, until } = await memoryCluster<KvCommand, KvResult>({
      stateMachine: () => createKvStateMachine(),
      limits,
      storeOf: (member, store) =>
        member !== 3 ? store : harmed(store, bytes => (left-- > 0 ? bytes.slice(0, bytes.length - 1) : bytes)),
    })
    cut(3)
    for (let at = 0; at < 100; at++) await execute(1, put(`k${at}`, `${at}`))
    heal(3)
    await until('it is here', () => replicas[2]!.status().snapshotsInstalled > 0)
    expect(told.some(({ member, event }) => member === 3 && event.code === 'snapshotUseless')).to.equal(true)
    expect(replicas[2]!.state).to.equal('voting')
    expect(await execute(3, get('k99'))).to.eql(await execute(1, get('k99')))
  })
})
