import { expect } from 'chai'
import { CheckpointTurns } from '../../../actors/state/checkpoint-turns.ts'
import { put } from '../../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import { memoryCluster } from '../support/memory-cluster.ts'

describe('the turns of checkpoints (rule 8.13)', () => {
  const limits = { checkpointWaitMaxMs: 1_000, heartbeatIntervalMs: 100 }

  function turnsOf(self: number) {
    const world = { nowMs: 50, live: [0, 1, 2], busy: new Set<number>() }
    const turns = new CheckpointTurns({
      self,
      limits,
      links: { live: () => world.live, busy: rank => world.busy.has(rank) },
      now: () => world.nowMs,
    })
    const at = (nowMs: number, isPressing = false) => {
      world.nowMs = nowMs
      return turns.mayBegin(isPressing)
    }
    return { world, turns, at }
  }

  it('are those of the live replicas in order of rank, two heartbeats apart', () => {
    expect(turnsOf(0).at(50)).to.equal(true)
    const { world, at } = turnsOf(2)
    expect([at(50), at(449), at(450)]).to.deep.equal([false, false, true])
    const other = turnsOf(2)
    other.world.live = [1, 2]
    expect([other.at(50), other.at(249), other.at(250)], 'one is away').to.deep.equal([false, false, true])
    expect(world.nowMs).to.equal(450)
  })

  it('wait while one is busy, and begin anew once it is not', () => {
    const { world, at } = turnsOf(1)
    world.busy.add(0)
    expect([at(50), at(600)]).to.deep.equal([false, false])
    world.busy.clear()
    expect([at(700), at(799), at(800)]).to.deep.equal([false, false, true])
  })

  it('wait no longer than the limit, nor when too much has come up, nor for one that is not live', () => {
    const { world, turns, at } = turnsOf(1)
    world.busy.add(2)
    expect([at(50), at(1_049), at(1_050)]).to.deep.equal([false, false, true])
    turns.begun()
    expect([at(1_100), at(1_100, true)]).to.deep.equal([false, true])
    turns.begun()
    world.live = [0, 1]
    expect([at(2_000), at(2_200)]).to.deep.equal([false, true])
  })

  it('keep replicas of a cluster apart: no two are in a checkpoint at once', async () => {
    const busy = new Set<number>()
    const together: string[] = []
    const begun = new Map<number, number>()
    const cluster = await memoryCluster({
      limits: {
        snapshotCommands: 40,
        checkpointSliceBytes: 50,
        checkpointSegmentBytes: 500,
        checkpointWaitMaxMs: 60_000,
      },
      stateMachine: () => createKvStateMachine(),
      tap: member => ({
        sent(_, message) {
          if (message.type !== 'heartbeat') return
          if (message.busy !== true) busy.delete(member)
          else if (!busy.has(member)) {
            busy.add(member)
            begun.set(member, (begun.get(member) ?? 0) + 1)
            if (busy.size > 1) together.push([...busy].join())
          }
        },
      }),
    })
    for (let round = 0; round < 300; round++) {
      await cluster.execute(1 + (round % 3), put(`key ${round}`, 'v'.repeat(20)))
      // So slowly that no replica has to hurry.
      await cluster.pass(20)
    }
    await cluster.until('each has written some', () => [1, 2, 3].every(member => (begun.get(member) ?? 0) >= 2))
    expect(together).to.deep.equal([])
  })
})
