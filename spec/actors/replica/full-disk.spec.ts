import { expect } from 'chai'
import { textOf } from '../../../actors/shared/events.ts'
import type { Limits } from '../../../actors/shared/limits.ts'
import { ReplicaError } from '../../../actors/shared/replica-error.ts'
import { get, type KvCommand, type KvResult, put } from '../../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import { StoreError } from '../../../storage/store.ts'
import { memoryCluster } from '../support/memory-cluster.ts'

const full = 3

describe('a full disk', () => {
  async function cluster(limits: Partial<Limits> = {}) {
    let isFull = false
    const members = await memoryCluster<KvCommand, KvResult>({
      stateMachine: () => createKvStateMachine(),
      limits: { unwrittenMax: 40, indexWindowMax: 100, digestIntervalMs: 0, ...limits },
      storeOf: (member, store) => ({
        get state() {
          return store.state
        },
        open: done => store.open(done),
        close: done => store.close(done),
        write: (batch, done) => {
          if (member !== full || !isFull) store.write(batch, done)
          else queueMicrotask(() => done(new StoreError('storeFull', 'no room')))
        },
      }),
    })
    return {
      ...members,
      replica: members.replicas[full - 1]!,
      fill: (is: boolean) => {
        isFull = is
      },
    }
  }

  it('takes the vote away, is said once, and leaves reads; with room the replica votes and catches up', async () => {
    const { replica, replicas, execute, fill, cut, heal, until, pass, told } = await cluster()
    await execute(1, put('k', 'old'))
    await until('all have it', () => replicas.every(each => each.progress().executed === 1))
    fill(true)
    await execute(1, put('k', 'new'))
    await until('it is full', () => replica.status().disk === 'full')
    expect(replica.query(get('k')).ok).to.equal(true)
    const refusal = await replica.propose(put('k', 'no')).catch((error: unknown) => error)
    expect(refusal).to.be.instanceOf(ReplicaError).and.include({ code: 'notReady' })
    await pass(10_000)
    const said = told.filter(({ event }) => event.code === 'diskFull')
    expect(said.map(({ member, event }) => [member, textOf(event)])).to.eql([[full, 'no room']])

    cut(2)
    let isDone = false
    void replicas[0]!.propose(put('k', 'newest')).then(() => {
      isDone = true
    })
    await pass(10_000)
    expect(isDone, 'two of three, and one of them full').to.equal(false)
    fill(false)
    await until('it votes', () => isDone)
    heal(2)
    await until('all have it', () =>
      replicas.every(each => JSON.stringify(each.query(get('k'))) === '{"ok":true,"value":"newest"}'),
    )
    expect(replica.status().disk).to.equal('ok')
    expect(told.at(-1)).to.eql({ member: full, event: { code: 'roomAgain' } })
  })

  it('turns away what waits to be proposed; what was proposed before is answered when there is room', async () => {
    const { replica, fill, until } = await cluster({ ownInFlightMax: 1 })
    fill(true)
    const ends: string[] = []
    for (const key of ['first', 'second'])
      replica.propose(put(key, '1')).then(
        () => ends.push(key),
        error => ends.push(`${key} ${error.code}`),
      )
    await until('the second is turned away', () => ends.length > 0)
    expect(ends).to.eql(['second notReady'])
    fill(false)
    await until('the first is answered', () => ends.length > 1)
    expect(ends).to.eql(['second notReady', 'first'])
  })

  it('keeps in memory what is within the limit, whatever the others go through', async () => {
    const { replica, replicas, execute, fill, until } = await cluster()
    fill(true)
    for (let at = 0; at < 300; at++) await execute(1, put(`k${at}`, 'x'))
    const { disk, records } = replica.status()
    expect(disk).to.equal('full')
    // Of what it was told and what it only heard of, each has its limit.
    expect(records).to.be.below(200)
    fill(false)
    await until('it catches up', () => replica.digest() === replicas[0]!.digest())
  })
})
