import { expect } from 'chai'
import type { ReplicaError } from '../../../actors/shared/replica-error.ts'
import type { StateMachine } from '../../../actors/shared/state-machine.ts'
import { memoryCluster } from '../support/memory-cluster.ts'
import { NumberedClient } from '../support/numbered-client.ts'

/** A state machine of habits: each command is the name of what it makes `apply` do. */
type Habit =
  | keyof typeof results
  | 'throws'
  | 'throws nothing'
  | 'throws a promise'
  | 'changes, then throws'
  | 'rejects'
  | 'add'

const circular: unknown[] = []
circular.push(circular)
const results = {
  nothing: undefined,
  date: new Date(0),
  bigint: 1n,
  circular,
  function: () => 1,
  symbol: Symbol('s'),
  map: new Map([['a', 1]]),
  set: new Set([1]),
  floats: new Float32Array([0.25, 0.5]),
  instance: new (class Money {
    readonly cents = 5
  })(),
  half: '\ud800',
  'long half': `${'x'.repeat(80)}\udc00`,
}

function createHabits(): StateMachine<Habit, unknown> {
  let count = 0
  const own: number[] = []
  return {
    footprint: () => ({ reads: [], writes: ['k'] }),
    apply(habit) {
      if (habit === 'throws') throw new TypeError('of a habit')
      if (habit === 'throws nothing') throw undefined
      if (habit === 'throws a promise') throw Promise.reject(new Error('later'))
      if (habit === 'rejects') return Promise.reject(new Error('later'))
      if (habit in results) return results[habit as keyof typeof results]
      count++
      if (habit === 'changes, then throws') throw new Error('after a change')
      own.push(count)
      return own
    },
    snapshot: () => Uint8Array.of(count),
    restore: ([restored]) => {
      count = restored!
      own.length = 0
    },
  }
}

const habits: readonly Habit[] = [
  'throws',
  'throws nothing',
  'throws a promise',
  'changes, then throws',
  'rejects',
  ...(Object.keys(results) as Habit[]),
]
const cluster = () => memoryCluster<Habit, unknown>({ stateMachine: createHabits, limits: { digestIntervalMs: 50 } })

describe('failing commands', () => {
  it('input 8, 34: whatever apply does, the command fails alike everywhere, and no replica stops', async () => {
    const { replicas, execute, pass, told } = await cluster()
    for (const [at, habit] of habits.entries()) {
      const error = (await execute(1 + (at % 3), habit).catch((found: unknown) => found)) as ReplicaError
      expect(error, habit).to.include({ name: 'ReplicaError', code: 'applyFailed' })
    }
    expect(await execute(2, 'add')).to.eql([2])
    await pass(1_000)
    expect(replicas.map(({ state }) => state)).to.eql(['voting', 'voting', 'voting'])
    expect(new Set(replicas.map(replica => replica.digest())).size, 'also what was changed before it threw').to.equal(1)
    const first = told.filter(({ event }) => event.code === 'stateMachineFailed')
    expect(first.map(({ member }) => member).sort(), 'once each, not a line for each command').to.eql([1, 2, 3])
    expect(first[0]!.event).to.include({ method: 'apply', detail: 'TypeError: of a habit' })
  })

  it('input 34: a log that holds such a command is executed at a restart', async () => {
    const { replicas, execute, restart, until } = await cluster()
    for (const habit of habits) await execute(1, habit).catch(() => undefined)
    await execute(1, 'add')
    for (const member of [1, 2, 3]) await restart(member, 'stop')
    expect(await execute(3, 'add'), 'two changes in all').to.eql([2, 3])
    await until('all are equal', () => new Set(replicas.map(replica => replica.digest())).size === 1)
  })

  it('input 8: a retry of a failed command fails again and changes nothing', async () => {
    const { replicas, until } = await cluster()
    const client = new NumberedClient(replicas[0]!)
    await until('a session', () => client.isOpen)
    for (const repeat of [1, 2]) {
      client.execute(1, 'changes, then throws')
      await until(`answer ${repeat}`, () => client.answers.length === repeat)
    }
    expect(client.answers.map(({ code }) => code)).to.eql(['applyFailed', 'applyFailed'])
    expect(client.answers[0]!.reason).to.equal(client.answers[1]!.reason)
    client.execute(2, 'add')
    await until('the next', () => client.answers.length === 3)
    expect(client.answers[2]!.result).to.eql([2])
  })

  it('input 7: answers of one turn, and resends, are what they were when they were made', async () => {
    const { replicas, until } = await cluster()
    const client = new NumberedClient(replicas[0]!)
    await until('a session', () => client.isOpen)
    client.execute(1, 'add', 'add', 'add')
    await until('three answers', () => client.answers.length === 3)
    const expected = [[1], [1, 2], [1, 2, 3]]
    expect(client.answers.map(({ result }) => result)).to.eql(expected)
    client.execute(1, 'add', 'add', 'add')
    await until('three more', () => client.answers.length === 6)
    expect(client.answers.slice(3).map(({ result }) => result)).to.eql(expected)
  })

  it('input 7: a caller of propose or query that changes its result changes no state', async () => {
    const shared = { count: 0 }
    const { replicas, execute } = await memoryCluster<string, { count: number }>({
      stateMachine: () => {
        const state = { ...shared }
        return {
          footprint: command => (command === 'read' ? { reads: ['k'], writes: [] } : { reads: [], writes: ['k'] }),
          apply: () => state,
          snapshot: () => Uint8Array.of(state.count),
          restore: ([count]) => {
            state.count = count!
          },
        }
      },
    })
    const proposed = await execute(1, 'write')
    proposed.count = 7
    replicas[0]!.query('read').count = 8
    expect(replicas[0]!.query('read')).to.eql({ count: 0 })
  })
})
