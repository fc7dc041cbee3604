import { expect } from 'chai'
import { get, type KvCommand, putFor } from '../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../examples/kv/state-machine.ts'
import { memoryCluster } from '../actors/support/memory-cluster.ts'

const hourMs = 3_600_000
const ttlMs = 600_000

/** Three replicas A, B and C on simulated time; their times of day are set by the schedule. */
async function clocks() {
  const wrongByMs = [0, 0, 0]
  const cluster = await memoryCluster<KvCommand, unknown>({
    stateMachine: () => createKvStateMachine(),
    wallClock: (member, nowMs) => 1_000_000_000_000 + nowMs + wrongByMs[member - 1]!,
  })
  const values = () => cluster.replicas.map(replica => (replica.query(get('k')) as { value: string | null }).value)
  return { ...cluster, wrongByMs, values }
}

describe('scenarios: time', () => {
  it('C1: one clock that is an hour ahead ends no key of ten minutes', async () => {
    const { execute, pass, wrongByMs, values } = await clocks()
    await execute(2, putFor('k', 'v', ttlMs))
    wrongByMs[0] = hourMs
    await pass(2_000)
    expect(values(), 'their time is not over').to.eql(['v', 'v', 'v'])
  })

  it('C2: a key that is put where the clock is an hour behind stays, and one put where it is ahead goes', async () => {
    const { execute, pass, wrongByMs, values } = await clocks()
    wrongByMs[1] = -hourMs
    await execute(2, putFor('k', 'v', 5_000))
    await pass(4_000)
    expect(values(), 'put at B').to.eql(['v', 'v', 'v'])
    await pass(2_000)
    expect(values(), 'put at B, over').to.eql([null, null, null])
    wrongByMs[1] = hourMs
    await execute(2, putFor('k', 'v', 5_000))
    await pass(6_000)
    expect(values(), 'put at B, over').to.eql([null, null, null])
  })

  it('C3: clocks that are ahead one after the other, and are set right, end no key', async () => {
    const { execute, pass, wrongByMs, values } = await clocks()
    await execute(2, putFor('k', 'v', ttlMs))
    for (const member of [0, 2]) {
      wrongByMs[member] = hourMs
      await pass(1_000)
      wrongByMs[member] = 0
      await pass(1_000)
    }
    expect(values(), 'at no time two were wrong').to.eql(['v', 'v', 'v'])
  })
})
