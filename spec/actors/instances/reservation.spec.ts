import { expect } from 'chai'
import { Reservation } from '../../../actors/instances/reservation.ts'
import type { StateMachine } from '../../../actors/shared/state-machine.ts'
import { median } from '../../../examples/bench/results.ts'
import { get, type KvCommand, type KvResult, put } from '../../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import { memoryCluster } from '../support/memory-cluster.ts'
import { outboxOf } from '../support/outbox.ts'

/** The key-value store; it says when it applies a command. */
function kvSaying(applied: () => void): StateMachine<KvCommand, KvResult> {
  const machine = createKvStateMachine()
  const apply = (command: KvCommand) => {
    applied()
    return machine.apply(command)
  }
  return { ...machine, apply }
}

describe('reservation of own indices', () => {
  const setUp = (reservedIndices: number, indexWindowMax = 1_000, isSlow = false) => {
    const world = outboxOf()
    /** What earlier lives have reserved. */
    const barrier = { top: 0 }
    const reservation = new Reservation({ reservedIndices, indexWindowMax, ownInFlightMax: 4 }, world.outbox, barrier, {
      isSlow,
    })
    const reserved = () => world.store.batches.map(batch => batch.reserved)
    /** In a turn whose flush somebody wants: a reservation waits for one. */
    const reserve = (index: number) =>
      world.turn(() => {
        reservation.reserve(index)
        world.flush()
      })
    return { ...world, barrier, reservation, reserve, reserved }
  }

  it('covers an index once it is durable, and not before', () => {
    const { reservation, reserve, durable, reserved } = setUp(8)
    reserve(1)
    expect(reserved()).to.eql([2])
    expect(reservation.covers(1)).to.equal(false)
    durable()
    expect([1, 2, 3].map(index => reservation.covers(index))).to.eql([true, true, false])
    reserve(2)
    expect(reserved()).to.eql([2, 3])
    expect([2, 3].map(index => reservation.covers(index))).to.eql([true, false])
  })

  it('is at most a quarter of what this life has given away, and at most a block', () => {
    const { reservation, reserve, durable, reserved } = setUp(8)
    for (let index = 1; index <= 100; index++) {
      const before = reserved().length
      reserve(index)
      const isNew = reserved().length > before
      expect(reservation.covers(index), `index ${index}`).to.equal(index > 1)
      if (isNew) durable()
      expect(reserved().at(-1)! - index, `ahead of index ${index}`).to.be.within(1, Math.min(8, Math.max(1, index / 4)))
    }
    expect(reserved().length, 'few flushes have one').to.be.below(40)
  })

  it('is no larger than a quarter of the window, and nothing under the simple rule', () => {
    const small = setUp(64, 16)
    small.reserve(1)
    for (let index = 2; index <= 50; index++) {
      small.durable()
      small.reserve(5 * index)
    }
    expect(small.reserved().at(-1), 'four ahead').to.equal(254)
    const simple = setUp(0)
    simple.reservation.resume({ reserved: 7 })
    simple.reserve(8)
    expect(simple.reserved()).to.eql([])
    expect(simple.reservation.covers(8)).to.equal(false)
  })

  it('of a slow disk is no larger than what is in flight at most', () => {
    const { reserve, durable, reserved } = setUp(64, 1_000, true)
    for (let index = 1; index <= 100; index++) {
      const before = reserved().length
      reserve(index)
      if (reserved().length > before) durable()
    }
    expect(reserved().at(-1)).to.be.within(100, 104)
  })

  it('is given back with the last flush of a life, but for what an earlier one may have forgotten', () => {
    const { barrier, reservation, reserve, turn, flush, durable, reserved } = setUp(8)
    reservation.resume({ reserved: 5 })
    barrier.top = 5
    reserve(6)
    durable()
    turn(() => {
      reservation.drained()
      flush()
    })
    expect(reserved()).to.eql([7, 5])
    expect(reservation.covers(6)).to.equal(false)
  })
})

describe('the faster rule', () => {
  /** What a command of one client takes, time and flushes of its replica, where a flush takes 1 ms and nothing else any time. */
  async function costOf(reservedIndices: number): Promise<{ ms: number; flushes: number }> {
    let executed: () => void = () => undefined
    const { replicas, execute, nowMs } = await memoryCluster<KvCommand, KvResult>({
      stateMachine: member =>
        kvSaying(() => {
          if (member === 1) executed()
        }),
      limits: { reservedIndices, digestIntervalMs: 0 },
    })
    const flushed = () => replicas[0]!.status().flushes.count
    const tookMs: number[] = []
    const flushes: number[] = []
    for (let at = 1; at <= 101; at++) {
      const [sinceMs, before] = [nowMs(), flushed()]
      executed = () => {
        tookMs.push(nowMs() - sinceMs)
        flushes.push(flushed() - before)
      }
      await execute(1, put('a', `${at}`))
    }
    return { ms: median(tookMs), flushes: median(flushes) }
  }

  it('takes one of the three flushes out of the way of a command', async () => {
    const [simple, faster] = [await costOf(0), await costOf(64)]
    expect(simple.ms, 'own record, vote, fast commit').to.be.closeTo(3, 0.1)
    expect(faster.ms).to.be.closeTo(2, 0.1)
    expect(simple.flushes).to.equal(2)
    expect(faster.flushes, 'own record and fast commit in one').to.equal(1)
  })
})

describe('a restart under the faster rule', () => {
  it('keeps nothing back after a drain; after a stop what may have been forgotten stays a conflict', async () => {
    const limits = { reservedIndices: 8, digestIntervalMs: 0 }
    const { replicas, execute, until, restart } = await memoryCluster<KvCommand, KvResult>({
      stateMachine: () => createKvStateMachine(),
      limits,
    })
    for (let at = 1; at <= 3; at++) await execute(1, put('a', `${at}`))
    await restart(1, 'drain')
    expect(replicas[0]!.status().restartBarrier).to.equal(0)
    await execute(1, put('a', '4'))
    expect(replicas[0]!.progress().known[0], 'no index was lost').to.equal(4)
    const top = 5

    await restart(1, 'stop')
    expect(replicas[0]!.status().restartBarrier).to.equal(top)
    expect(await execute(2, get('a')), 'nobody waits for ever').to.deep.include({ value: '4' })
    await until('all of it is executed', () => replicas.every(each => each.progress().executedPrefix[0] === top))
    await execute(1, put('a', '5'))
    expect(replicas[0]!.progress().known[0]).to.equal(top + 1)
    await restart(1, 'drain')
    expect(replicas[0]!.status().restartBarrier, 'it stays').to.equal(top)
    expect(replicas[0]!.progress().known[0], 'and takes no more').to.equal(top + 1)
  })

  it('a replica that is alone decides at once what it may have forgotten', async () => {
    let appliedMs = 0
    const { replicas, execute, restart, nowMs } = await memoryCluster<KvCommand, KvResult>({
      n: 1,
      stateMachine: () =>
        kvSaying(() => {
          appliedMs = nowMs()
        }),
      limits: { reservedIndices: 64, digestIntervalMs: 0 },
    })
    for (let at = 1; at <= 100; at++) await execute(1, put('a', `${at}`))
    await restart(1, 'stop')
    const sinceMs = nowMs()
    expect(await execute(1, get('a'))).to.deep.include({ value: '100' })
    expect(appliedMs - sinceMs, 'some flushes').to.be.below(20)
    expect(replicas[0]!.status().restartBarrier).to.be.above(100)
  })
})
