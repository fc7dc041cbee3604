import { expect } from 'chai'
import type { ReplicaEvent } from '../../../actors/shared/events.ts'
import { StateSize } from '../../../actors/state/state-size.ts'
import { type KvCommand, type KvResult, put } from '../../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import { memoryCluster } from '../support/memory-cluster.ts'

describe('the size of the state', () => {
  it('is said at half of the limit, three quarters and nine tenths, each once while it grows', () => {
    const said: ReplicaEvent[] = []
    const size = new StateSize({ limits: { snapshotBytesMax: 1_000 }, log: event => said.push(event) })
    expect(size.summary).to.equal(undefined)
    for (const bytes of [100, 499, 500, 600, 750, 740, 760, 950, 1_000, 300, 500])
      expect(size.fits(bytes)).to.equal(true)
    expect(said.map(event => [event.code, 'percent' in event && event.percent])).to.eql([
      ['stateLarge', 50],
      ['stateLarge', 75],
      ['stateLarge', 75],
      ['stateLarge', 90],
      ['stateLarge', 50],
    ])
    expect(size.summary).to.eql({ bytes: 500, bytesMax: 1_000 })
  })

  it('beyond the limit is refused, and said once', () => {
    const said: ReplicaEvent[] = []
    const size = new StateSize({ limits: { snapshotBytesMax: 1_000 }, log: event => said.push(event) })
    for (let time = 0; time < 2; time++) expect(size.fits(1_001)).to.equal(false)
    expect(said).to.eql([{ code: 'stateTooLarge', bytes: 1_001, snapshotBytesMax: 1_000 }])
    expect(size.summary!.bytes).to.equal(1_001)
  })

  it('beyond the limit stops no replica: it goes on, keeps its records, and takes snapshots again when there is less', async () => {
    const { replicas, execute, told, until, restart } = await memoryCluster<KvCommand, KvResult>({
      stateMachine: () => createKvStateMachine(),
      limits: { digestIntervalMs: 0, snapshotCommands: 10, recordsKept: 0, snapshotBytesMax: 4_000 },
    })
    const write = async (value: string) => {
      for (let at = 0; at < 40; at++) await execute(1 + (at % 3), put(`k${at % 10}`, value))
    }
    await write('x'.repeat(800))
    for (const replica of replicas) {
      const { state, stateSize, records } = replica.status()
      expect(state).to.equal('voting')
      expect(stateSize!.bytes).to.be.above(4_000)
      expect(records, 'no record goes').to.be.at.least(40)
    }
    expect(told.map(({ event }) => event.code)).to.include('stateTooLarge')
    await restart(1, 'stop')
    expect(replicas[0]!.status().state, 'from its records').to.equal('voting')
    await until('it is as before', () => replicas[0]!.digest() === replicas[1]!.digest())
    await write('y')
    await write('z')
    for (const replica of replicas) {
      const { stateSize, snapshot } = replica.status()
      expect(stateSize!.bytes).to.be.below(4_000)
      expect(snapshot!.bytes).to.equal(stateSize!.bytes)
    }
  })
})
