import { expect } from 'chai'
import { createTables } from '../../../actors/tables/create-tables.ts'
import { get, incr, type KvCommand, put, putFor } from '../../../examples/kv/commands.ts'
import { Deadlines } from '../../../examples/kv/deadlines.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import { type MemoryCluster, memoryCluster } from '../../actors/support/memory-cluster.ts'

describe('deadlines', () => {
  it('come due in order of time, as many as are asked for, until they are taken out', () => {
    const deadlines = new Deadlines(createTables().text('deadlines', { ordered: true }))
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
    const deadlines = new Deadlines(createTables().text('deadlines', { ordered: true }))
    for (let round = 0; round < 10_000; round++) deadlines.set('k', 10 + (round % 7))
    deadlines.set('k', 50)
    deadlines.set('k', 50)
    expect(deadlines.due(49, 10)).to.eql([])
    expect(deadlines.due(50, 10)).to.eql([['k', 50]])
    deadlines.rebuild()
    expect(deadlines.due(99, 10), 'made anew of the table').to.eql([['k', 50]])
    deadlines.delete('k')
    expect(deadlines.due(99, 10)).to.eql([])
  })

  it('come up bit by bit after the table was replaced, and none is missed', () => {
    const table = createTables().text('deadlines', { ordered: true })
    for (let key = 0; key < 10_000; key++) table.set(`k${key}`, String(key))
    const deadlines = new Deadlines(table)
    deadlines.rebuild()
    const found = new Set<string>()
    let looks = 0
    for (; found.size < 10_000 && looks < 10; looks++) {
      for (const [key] of deadlines.due(20_000, 20_000)) {
        found.add(key)
        deadlines.delete(key)
      }
    }
    expect(looks).to.equal(3)
    expect(table.size).to.equal(0)
  })
})

/** Replicas whose times of day are those of the world, and as far off as the spec says. */
async function clusterOf(n: number, wrongBy: (member: number, nowMs: number) => number) {
  const expired: string[][] = Array.from({ length: n }, () => [])
  const made: MemoryCluster<KvCommand, unknown> = await memoryCluster({
    n,
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
    wallClock: (member, nowMs) => 1_000_000_000_000 + nowMs + wrongBy(member, nowMs),
  })
  const members = expired.map((_, at) => at + 1)
  const valueAt = (member: number, key: string) =>
    (made.replicas[member - 1]!.query(get(key)) as { value: string | null }).value
  return { ...made, members, expired, valueAt, values: (key: string) => members.map(member => valueAt(member, key)) }
}

describe('keys with a time to live', () => {
  const cluster = () => clusterOf(3, () => 0)

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

describe('input 31: keys with a time to live where clocks are wrong', () => {
  const hourMs = 3_600_000
  /** What is wrong with a clock from the first second on. */
  const wrongs: Readonly<Record<string, (forMs: number) => number>> = {
    'an hour ahead': () => hourMs,
    'an hour behind': () => -hourMs,
    'at double speed': forMs => forMs,
    'at half speed': forMs => -forMs / 2,
  }
  const sinceMs = 1_000
  const ttlMs = 5_000
  /** A deadline is noticed at a heartbeat, and is told by heartbeats; the first to notice may be another replica. */
  const lateMs = 1_000

  for (const [how, wrong] of Object.entries(wrongs))
    for (const [n, wrongMembers] of [
      [3, [1]],
      [3, [3]],
      [5, [1, 4]],
    ] as const)
      it(`stay for their time, and go after it: ${wrongMembers.join(' and ')} of ${n} ${how}`, async () => {
        const isWrong = (member: number): boolean => (wrongMembers as readonly number[]).includes(member)
        const { execute, pass, members, values, nowMs } = await clusterOf(n, (member, nowMs) =>
          isWrong(member) ? wrong(Math.max(0, nowMs - sinceMs)) * (nowMs < sinceMs ? 0 : 1) : 0,
        )
        const all = (value: string | null) => members.map(() => value)
        await execute(2, putFor('before', 'v', ttlMs))
        const beforeMs = nowMs()
        await pass(2 * sinceMs - beforeMs)
        for (const member of members) await execute(member, putFor(`at ${member}`, 'v', ttlMs))
        const putMs = nowMs()
        await pass(beforeMs + ttlMs - 200 - nowMs())
        expect(values('before')).to.eql(all('v'))
        await pass(beforeMs + ttlMs + lateMs - nowMs())
        expect(values('before')).to.eql(all(null))
        await pass(2 * sinceMs + ttlMs - 200 - nowMs())
        for (const member of members) expect(values(`at ${member}`), `put at ${member}`).to.eql(all('v'))
        await pass(putMs + ttlMs + lateMs - nowMs())
        for (const member of members) expect(values(`at ${member}`), `put at ${member}`).to.eql(all(null))
      })

  it('a key of a second goes within some heartbeats of its time', async () => {
    const { execute, pass, values } = await clusterOf(3, member => (member === 2 ? -hourMs : 0))
    await execute(1, putFor('short', 'v', 1_000))
    await pass(900)
    expect(values('short')).to.eql(['v', 'v', 'v'])
    await pass(500)
    expect(values('short')).to.eql([null, null, null])
  })

  it('a replica that hears too few clocks waits with what needs the time, refuses it then, and takes what does not', async () => {
    const { replicas, cut, heal, pass } = await clusterOf(3, () => 0)
    const settled: string[] = []
    const propose = (command: KvCommand) =>
      replicas[0]!.propose(command).then(
        () => settled.push('done'),
        ({ code, message }) => settled.push(`${code} ${message}`),
      )
    cut(1)
    await pass(600)
    propose(putFor('k', 'v', 1_000))
    await pass(900)
    expect(settled).to.eql([])
    await pass(200)
    expect(settled).to.have.length(1)
    expect(settled[0]).to.match(/^notReady .*clocks/)
    expect(replicas[0]!.query([7, '']), 'its limit needs no time').to.eql({ ok: true, value: [] })
    heal(1)
    await pass(300)
    await cut(1)
    await pass(600)
    propose(putFor('k', 'v', 1_000))
    await pass(300)
    heal(1)
    await pass(500)
    expect(settled[1]).to.equal('done')
  })

  it('what waits for clocks is settled when the replica ends', async () => {
    const { replicas, cut, pass } = await clusterOf(3, () => 0)
    cut(1)
    await pass(600)
    const settled = replicas[0]!.propose(putFor('k', 'v', 1_000)).catch((error: Error) => error)
    void replicas[0]!.stop()
    await pass(100)
    expect(await settled).to.have.property('code', 'notReady')
  })
})
