import { expect } from 'chai'
import { get, type KvCommand, type KvResult, put } from '../../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import { heldReads } from '../support/held-reads.ts'
import { memoryCluster } from '../support/memory-cluster.ts'

/** Member 3 has a checkpoint of many keys. It restarts, and its state is not read. */
async function loading() {
  const reads = heldReads()
  const cluster = await memoryCluster<KvCommand, KvResult>({
    stateMachine: () => createKvStateMachine(),
    storeOf: reads.storeOf,
    limits: { digestIntervalMs: 300, snapshotCommands: 100, recordsKept: 10, checkpointSegmentBytes: 500 },
  })
  for (let at = 0; at < 250; at++) await cluster.execute(1 + (at % 3), put(`k${at}`, `${at}`))
  await cluster.until('there is a checkpoint', () => (cluster.replicas[2]!.status().snapshot?.bytes ?? 0) > 2_000)
  reads.hold(3)
  const { start } = await cluster.restart(3, 'stop', 'loading')
  const replica = () => cluster.replicas[2]!
  const stands = async () => {
    await cluster.until('its state stands', () => replica().state === 'voting')
    const target = cluster.replicas[0]!.progress().executedPrefix
    await cluster.until('it has executed all', () =>
      target.every((index, rank) => replica().progress().executedPrefix[rank]! >= index),
    )
  }
  const isEqual = async () => {
    await cluster.until('all have executed the same', () => {
      const counts = cluster.replicas.map(each => each.progress().executed)
      return counts.every(count => count === counts[0])
    })
    expect(replica().digest()).to.equal(cluster.replicas[0]!.digest())
  }
  return { ...cluster, reads, start, replica, stands, isEqual }
}

describe('a replica whose state loads', function () {
  this.timeout(60_000)

  it('votes: with it another one decides, and what was decided is executed when the state stands', async () => {
    const { cut, heal, pass, execute, reads, replica, stands, isEqual } = await loading()
    cut(2)
    for (let at = 0; at < 20; at++) await execute(1, put('during', `${at}`))
    await pass(2_000)
    expect(replica().state).to.equal('loading')
    expect(replica().status().executed, 'nothing is executed').to.be.below(260)
    reads.release(3)
    await stands()
    expect(replica().query(get('during'))).to.include({ value: '19' })
    expect(replica().query(get('k7'))).to.include({ value: '7' })
    heal(2)
    await isEqual()
  })

  it('says what it does: in its status, to its operator, and to its peers', async () => {
    const { pass, reads, replica, stands, told, replicas } = await loading()
    await pass(6_000)
    const { state, stateLoad, caughtUp, digest } = replica().status()
    expect([state, caughtUp, digest]).to.eql(['loading', false, undefined])
    expect(stateLoad!.size).to.be.above(2_000)
    expect(stateLoad!.loaded).to.be.below(stateLoad!.size)
    const codes = () => told.filter(({ member }) => member === 3).map(({ event }) => event.code)
    expect(
      codes().filter(code => code === 'stateLoads'),
      'at once, and every five seconds',
    ).to.have.length(2)
    expect(replicas[0]!.status().links[3]).to.equal('live')
    reads.release(3)
    await stands()
    await pass(200)
    expect(codes().slice(-2)).to.eql(['stateLoaded', 'caughtUp'])
    expect(replica().status()).to.include({ stateLoad: undefined, caughtUp: true })
  })

  it('serves no client, and says what another call may do', async () => {
    const { reads, replica, stands, execute } = await loading()
    const refusal = await replica()
      .propose(put('a', 'b'))
      .then(
        () => 'taken',
        (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
      )
    expect(refusal).to.equal('notReady: this replica votes, and its state loads')
    expect(() => replica().query(get('k7'))).to.throw('this replica votes, and its state loads')
    expect(() => replica().digest()).to.throw('the state of this replica is being loaded')
    reads.release(3)
    await stands()
    await execute(3, put('a', 'b'))
  })

  for (const end of ['drain', 'stop'] as const)
    it(`does not wait for its state when it is told to ${end}`, async () => {
      const { restart, start, reads, stands, isEqual } = await loading()
      // With the state still held it ends, and begins anew.
      await restart(3, end, 'loading')
      const error = await start.then(
        () => undefined,
        (found: { code: string; message: string }) => found,
      )
      expect(error).to.include({ code: 'notReady', message: 'the replica is stopped' })
      reads.release(3)
      await stands()
      await isEqual()
    })

  it('stops when a segment of its state is damaged, and says so', async () => {
    const { start, reads, until, replica, told, execute } = await loading()
    reads.damage(3)
    let error: unknown
    start.catch((found: unknown) => {
      error = found
    })
    await until('it has stopped', () => error !== undefined)
    expect(error).to.include({ code: 'storeDamaged' })
    expect(replica().state).to.equal('failed')
    expect(told.filter(({ member }) => member === 3).at(-1)!.event.code).to.equal('stopping')
    await execute(1, put('a', 'b'))
  })

  it('installs the state of another one only when its own stands', async () => {
    const { cut, heal, pass, execute, until, reads, replica, isEqual, replicas } = await loading()
    cut(3)
    for (let at = 0; at < 250; at++) await execute(1, put(`m${at % 50}`, `${at}`))
    await pass(2_000)
    heal(3)
    await until('a snapshot is fetched', () => replica().status().snapshotTransfer !== undefined)
    await until('it has come', () => replica().status().snapshotTransfer === undefined)
    await pass(500)
    expect(replica().status()).to.include({ state: 'loading', snapshotsInstalled: 0 })
    reads.release(3)
    await until('it is installed', () => replica().status().snapshotsInstalled === 1)
    await until('its state stands', () => replica().state === 'voting')
    expect(replicas[0]!.state).to.equal('voting')
    await isEqual()
  })
})
