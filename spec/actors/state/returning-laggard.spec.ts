import { expect } from 'chai'
import type { Limits } from '../../../actors/shared/limits.ts'
import type { StateMachine } from '../../../actors/shared/state-machine.ts'
import { createKvStateMachine, type KvCommand, type KvResult, put } from '../../../examples/kv/index.ts'
import { type MemoryCluster, memoryCluster } from '../support/memory-cluster.ts'

const laggard = 3

/** A cluster, and how much of each kind of work one turn of the laggard has done at most. */
async function clusterOf(limits: Partial<Limits>) {
  const most = { executed: 0, committed: 0 }
  const inTurn = { executed: 0, committed: 0 }
  const counting = (member: number, stateMachine: StateMachine<KvCommand, KvResult>) =>
    member !== laggard
      ? stateMachine
      : Object.assign(Object.create(stateMachine) as typeof stateMachine, {
          apply: (command: KvCommand) => {
            inTurn.executed++
            return stateMachine.apply(command)
          },
        })
  const cluster = await memoryCluster<KvCommand, KvResult>({
    limits,
    stateMachine: member => counting(member, createKvStateMachine()),
    tap: member => (member === laggard ? { committed: () => inTurn.committed++ } : {}),
    around: run => {
      inTurn.executed = inTurn.committed = 0
      run()
      most.executed = Math.max(most.executed, inTurn.executed)
      most.committed = Math.max(most.committed, inTurn.committed)
    },
  })
  return { cluster, most }
}

/** So many commands are executed by the others, some at a time. */
async function missed({ replicas, until }: MemoryCluster<KvCommand, KvResult>, commands: number, atOnce: number) {
  let proposed = 0
  let executed = 0
  while (proposed < commands) {
    for (let each = 0; each < atOnce; each++)
      void replicas[0]!.propose(put(`key ${proposed++}`, 'value')).then(() => executed++)
    await until('they are executed', () => executed === proposed)
  }
}

const inStep = ({ replicas: [first, , third] }: MemoryCluster<KvCommand, KvResult>): boolean =>
  third!.progress().executed === first!.progress().executed

describe('a replica that comes back after it missed much', () => {
  it('executes, and takes in, no more than some commands in a turn, however many are in an instance', async () => {
    const { cluster, most } = await clusterOf({})
    cluster.cut(laggard)
    await missed(cluster, 6_000, 200)
    cluster.heal(laggard)
    await cluster.until('it is in step', () => inStep(cluster))
    expect(cluster.replicas[2]!.digest()).to.equal(cluster.replicas[0]!.digest())
    expect(most.executed, 'executed').to.be.within(1, 256 + 200)
    expect(most.committed, 'taken in').to.be.within(1, 64)
  })

  it('installs a checkpoint with many commits in turns that each take some of them', async () => {
    const { cluster, most } = await clusterOf({ snapshotCommands: 500, recordsKept: 1_000 })
    cluster.cut(laggard)
    await missed(cluster, 3_000, 2)
    await cluster.pass(2_000)
    cluster.heal(laggard)
    await cluster.until('it is in step', () => inStep(cluster))
    expect(cluster.told.some(({ member, event }) => member === laggard && event.code === 'snapshotInstalled')).to.equal(
      true,
    )
    expect(cluster.replicas[2]!.digest()).to.equal(cluster.replicas[0]!.digest())
    expect(most.committed, 'taken in').to.be.within(1, 128)
    expect(most.executed, 'executed').to.be.within(1, 256)
  })
})
