import { expect } from 'chai'
import { get, incr, type KvCommand, put, putFor } from '../../../examples/kv/commands.ts'
import { Deadlines } from '../../../examples/kv/deadlines.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import { type MemoryCluster, memoryCluster } from '../../actors/support/memory-cluster.ts'

describe('deadlines', () => {
  it('come due in order of time, as many as are asked for, until they are taken out', () => {
    const deadlines = new Deadlines()
    for (const [key, atMs] of [
      ['c', 30],
      ['a', 10],
      ['b', 20],
    ] as const)
      deadlines.set(key, atMs)
    expect(deadlines.due(9, 10)).to.eql([])
    expect(deadlines.due(20, 10).map(([key]) => key)).to.eql(['a', 'b'])
    expect(deadlines.due(99, 2).map(([key]) => key)).to.eql(['a', 'b'])
    deadlines.delete('a')
    expect(deadlines.due(99, 2).map(([key]) => key)).to.eql(['b', 'c'])
  })

  it('are those of the last put alone, once each, and do not pile up', () => {
    const deadlines = new Deadlines()
    for (let round = 0; round < 10_000; round++) deadlines.set('k', 10 + (round % 7))
    deadlines.set('k', 50)
    deadlines.set('k', 50)
    expect(deadlines.due(49, 10)).to.eql([])
    expect(deadlines.due(50, 10)).to.eql([['k', 50]])
    deadlines.clear()
    expect(deadlines.due(99, 10)).to.eql([])
  })
})

describe('keys with a time to live', () => {
  /** Three replicas whose times of day are those of the world, and as far off as the spec says. */
  async function cluster(offMs: readonly number[] = [0, 0, 0]) {
    const expired: string[][] = [[], [], []]
    const made: MemoryCluster<KvCommand, unknown> = await memoryCluster({
      stateMachine: member => {
        const machine = createKvStateMachine()
        return {
          ...machine,
          apply(command) {
            if (command[0] === 10) expired[member - 1]!.push(command[1])
            return machine.apply(command)
          },
        }
      },
      wallClock: (member, nowMs) => 1_000_000 + nowMs + offMs[member - 1]!,
    })
    const valueAt = (member: number, key: string) =>
      (made.replicas[member - 1]!.query(get(key)) as { value: string | null }).value
    return { ...made, expired, valueAt, values: (key: string) => [1, 2, 3].map(member => valueAt(member, key)) }
  }

  it('go at all replicas, by one command, when their time is over', async () => {
    const { execute, pass, values, expired } = await cluster()
    await execute(2, putFor('k', 'v', 2_000))
    await execute(1, put('other', 'stays'))
    await pass(1_500)
    expect(values('k')).to.eql(['v', 'v', 'v'])
    await pass(1_000)
    expect(values('k')).to.eql([null, null, null])
    expect(expired, 'one replica proposes').to.eql([['k'], ['k'], ['k']])
    await pass(60_000)
    expect(values('other')).to.eql(['stays', 'stays', 'stays'])
    expect(expired).to.eql([['k'], ['k'], ['k']])
  })

  it('go also when the first replica is away', async () => {
    const { execute, pass, cut, valueAt } = await cluster()
    await execute(2, putFor('k', 'v', 2_000))
    cut(1)
    await pass(3_500)
    expect([valueAt(2, 'k'), valueAt(3, 'k')]).to.eql([null, null])
  })

  it('end by the clock of the replica that takes the command in; another whose clock is ahead may end them', async () => {
    const { execute, pass, values } = await cluster([0, 0, 5_000])
    await execute(3, putFor('late', 'v', 2_000))
    await execute(1, putFor('early', 'v', 2_000))
    await pass(1_500)
    expect(values('late'), 'as the clock of 3 has it').to.eql(['v', 'v', 'v'])
    expect(values('early'), 'passed at 3').to.eql([null, null, null])
    await pass(1_500)
    expect(values('late'), 'passed at 3').to.eql([null, null, null])
  })

  it('a newer put is not ended by an older expire; append and incr keep the deadline, put and cas take it away', async () => {
    const { execute, pass, values, expired } = await cluster()
    await execute(1, putFor('k', 'old', 1_000))
    await execute(2, putFor('k', 'new', 10_000))
    await execute(1, putFor('n', '1', 1_000))
    await execute(3, incr('n'))
    await execute(1, putFor('kept', '1', 1_000))
    await execute(3, put('kept', '2'))
    await pass(2_000)
    expect(values('k')).to.eql(['new', 'new', 'new'])
    expect(values('n')).to.eql([null, null, null])
    expect(values('kept')).to.eql(['2', '2', '2'])
    await pass(9_000)
    expect(values('k')).to.eql([null, null, null])
    expect(expired[0]).to.eql(['n', 'k'])
  })

  it('many at once: all go, a bounded number at a time', async () => {
    const { execute, pass, replicas } = await cluster()
    const keys = Array.from({ length: 3_000 }, (_, at) => `k${at}`)
    await Promise.race([Promise.all(keys.map(key => replicas[0]!.propose(putFor(key, 'v', 1_000)))), pass(500)])
    await execute(1, put('last', ''))
    await pass(3_000)
    for (const replica of replicas) expect(replica.query([7, ''])).to.eql({ ok: true, value: ['last'] })
  })
})
