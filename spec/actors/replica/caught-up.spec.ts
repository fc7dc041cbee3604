import { expect } from 'chai'
import { type KvCommand, type KvResult, put } from '../../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import { memoryCluster } from '../support/memory-cluster.ts'

describe('a replica that catches up', () => {
  const cluster = () =>
    memoryCluster<KvCommand, KvResult>({
      stateMachine: () => createKvStateMachine(),
      limits: { digestIntervalMs: 0, fetchIdsMax: 8 },
    })

  it('votes before it has caught up, and says when it has', async () => {
    const { replicas, execute, restart, cut, heal, pass, until, told } = await cluster()
    await execute(3, put('c', '1'))
    cut(3)
    for (let at = 0; at < 200; at++) await execute(1, put(`k${at}`, 'x'))
    await pass(1_000)
    await restart(3, 'stop')
    heal(3)
    const replica = replicas[2]!
    expect(replica.status()).to.include({ state: 'voting', caughtUp: false })
    const target = replicas[0]!.progress().executedPrefix[0]!
    await until('it says so', () => replica.status().caughtUp)
    expect(replica.progress().executedPrefix[0], 'and it has').to.be.at.least(target)
    const said = told.filter(({ member, event }) => member === 3 && event.code === 'caughtUp')
    // Once in each of its two lives.
    expect(said).to.have.length(2)
  })

  it('does not say so while it hears too few to know', async () => {
    const { replicas, restart, cut, heal, pass, until } = await cluster()
    cut(3)
    await restart(3, 'stop')
    await pass(5_000)
    expect(replicas[2]!.status()).to.include({ state: 'voting', caughtUp: false })
    heal(3)
    await until('it says so', () => replicas[2]!.status().caughtUp)
  })
})
