import { expect } from 'chai'
import type { StateMachine } from '../../../actors/shared/state-machine.ts'
import type { ClientAnswer } from '../../../machines/protocol/client-messages.ts'
import { memoryCluster } from '../support/memory-cluster.ts'

/** A counter, whose `snapshot` is given. */
function counterWith(snapshot: (count: number) => unknown): StateMachine<string, number> {
  let count = 0
  return {
    footprint: () => ({ reads: [], writes: ['k'] }),
    apply: () => ++count,
    snapshot: () => snapshot(count) as Uint8Array,
    restore: ([restored]) => {
      count = restored!
    },
  }
}
const limits = { snapshotCommands: 5, recordsKept: 1, digestIntervalMs: 50 }
const throwing = () =>
  memoryCluster<string, number>({
    limits,
    stateMachine: () =>
      counterWith(count => {
        if (count > 0) throw new Error('no state today')
        return new Uint8Array(1)
      }),
  })

describe('a state machine that gives no state', () => {
  it('input 9: goes on executing, keeps all records, and the status says so', async () => {
    const { replicas, execute, pass, told } = await throwing()
    for (let at = 1; at <= 30; at++) expect(await execute(1 + (at % 3), 'add')).to.equal(at)
    await pass(2_000)
    for (const replica of replicas) {
      const status = replica.status()
      expect(status).to.include({ state: 'voting', snapshot: undefined, digest: undefined })
      expect(status.snapshotError).to.equal('snapshot of the state machine: Error: no state today')
      expect(status.floor).to.eql([0, 0, 0])
    }
    const events = told.filter(({ event }) => event.code === 'stateMachineFailed')
    expect(events.map(({ member }) => member).sort(), 'told once each').to.eql([1, 2, 3])
  })

  it('input 9: has its state after a restart, from the records, and drains', async () => {
    const { execute, restart } = await throwing()
    for (let at = 1; at <= 12; at++) await execute(1, 'add')
    await restart(2, 'drain')
    await restart(3, 'stop')
    expect(await execute(2, 'add')).to.equal(13)
    expect(await execute(3, 'add')).to.equal(14)
  })

  it('input 10: status answers, digest throws with a code, a backup is refused with words', async () => {
    const { replicas, execute, until } = await throwing()
    await execute(1, 'add')
    const [replica] = replicas
    expect(() => replica!.digest())
      .to.throw('no state today')
      .with.property('code', 'snapshotFailed')
    const answers: ClientAnswer[] = []
    const client = replica!.connected({ send: each => answers.push(...each), close: () => undefined })
    client.requests([
      { type: 'status', request: 1 },
      { type: 'backup', request: 2, digest: '', offset: 0 },
    ])
    await until('both are answered', () => answers.length === 3)
    const status = answers.find(({ type }) => type === 'statusReport') as Extract<
      ClientAnswer,
      { type: 'statusReport' }
    >
    expect(JSON.parse(new TextDecoder().decode(status.json))).to.have.property('snapshotError')
    expect(answers.find(({ type }) => type === 'refused'))
      .to.include({ request: 2, code: 'notReady' })
      .with.property('reason')
      .that.includes('no state today')
  })

  it('compares states again once it gives one, and lets records go', async () => {
    let isBroken = true
    const { replicas, execute, until } = await memoryCluster<string, number>({
      limits,
      stateMachine: () =>
        counterWith(count => {
          if (isBroken && count > 0) throw new Error('not yet')
          return Uint8Array.of(count)
        }),
    })
    for (let at = 0; at < 10; at++) await execute(1, 'add')
    isBroken = false
    for (let at = 0; at < 30; at++) await execute(1, 'add')
    await until('records go', () => replicas.every(replica => replica.status().floor[0]! > 0))
    expect(replicas[0]!.status().snapshotError).to.equal(undefined)
    await until('states are compared', () => replicas.every(replica => replica.status().compared !== undefined))
  })
})
