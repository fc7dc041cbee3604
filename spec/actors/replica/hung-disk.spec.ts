import { expect } from 'chai'
import type { Replica } from '../../../actors/replica/replica.ts'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import type { ReplicaError } from '../../../actors/shared/replica-error.ts'
import { get, type KvCommand, type KvResult, put } from '../../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import { closedLoop } from '../support/closed-loop.ts'
import { hangingStores } from '../support/hanging-stores.ts'
import { memoryCluster } from '../support/memory-cluster.ts'

/** As long as after a crash: the suspicion time, a recovery delay with its jitter, and the recovery. */
const longestMs = 800

async function cluster(n: number, limits = {}) {
  const stores = hangingStores()
  const members = await memoryCluster<KvCommand, KvResult>({
    n,
    stateMachine: () => createKvStateMachine(),
    storeOf: stores.storeOf,
    limits: { digestIntervalMs: 0, ...limits },
  })
  return { ...members, ...stores }
}

/** The code of the error of a command, if it is refused at once. */
const refusalOf = (replica: Replica<KvCommand, KvResult>): Promise<unknown> =>
  replica.propose(put('no', 'x')).catch((error: ReplicaError) => error.code)

const hotKey = () => 'hot'
const ownKey = (member: number, client: number) => `${member}.${client}`

describe('a disk that hangs (input 30)', function () {
  // Long lives, much simulated.
  this.timeout(300_000)

  for (const { n, hung, hangMs } of [
    { n: 3, hung: [3], hangMs: 10_000 },
    { n: 3, hung: [1], hangMs: 60_000 },
    { n: 5, hung: [1, 4], hangMs: 10_000 },
    { n: 5, hung: [2, 5], hangMs: 60_000 },
  ])
    it(`for ${hangMs / 1_000} s at ${hung.length} of ${n} (member ${hung}): clients of the others wait as after a crash`, async () => {
      const { replicas, pass, until, hang, release, told, ...rest } = await cluster(n)
      const members = replicas.map((_, at) => at + 1)
      const healthy = members.filter(member => !hung.includes(member))
      // Hot keys: nearly every command depends on one of a hung replica.
      const thinkMs = hangMs / 300
      const load = closedLoop({ replicas, ...rest }, healthy, 2, thinkMs, hotKey)
      const unlucky = closedLoop({ replicas, ...rest }, hung, 2, thinkMs, hotKey)
      await pass(500)
      for (const member of hung) hang(member)
      await pass(hangMs)
      for (const member of hung) {
        expect(replicas[member - 1]!.status().disk).to.equal('stalled')
        expect(await refusalOf(replicas[member - 1]!)).to.equal('notReady')
      }
      unlucky.end()
      for (const member of hung) release(member)
      await pass(2_000)
      load.end()
      expect(load.longestMs()).to.be.below(longestMs)
      expect([...load.ends.keys()], 'nobody else was refused').to.eql(['ok'])
      await until('all are equal', () => new Set(replicas.map(each => each.digest())).size === 1)
      for (const member of hung) {
        const codes = told.filter(each => each.member === member).map(({ event }) => event.code)
        const said = codes.filter(code => code.startsWith('disk'))
        expect(said).to.eql(['diskStalled', 'diskAnswers'])
        expect(replicas[member - 1]!.status().disk).to.equal('ok')
      }
    })

  it('at two of three: all is refused with words or ends, nothing acknowledged is lost, service is back within a second', async () => {
    const { replicas, pass, until, execute, nowMs, hang, release, ...rest } = await cluster(3)
    const load = closedLoop({ replicas, nowMs, ...rest }, [1, 2, 3], 2, 20, ownKey)
    await pass(500)
    hang(1)
    hang(2)
    await pass(defaultLimits.suspicionMs + defaultLimits.isolatedWaitMs + 500)
    for (let seconds = 0; seconds < 5; seconds++) {
      await pass(1_000)
      // Without any time passing.
      for (const replica of replicas) expect(await refusalOf(replica)).to.equal('notReady')
    }
    load.end()
    release(1)
    release(2)
    const sinceMs = nowMs()
    for (const member of [1, 2, 3]) await until('it takes commands', () => replicas[member - 1]!.status().disk === 'ok')
    for (const member of [1, 2, 3])
      await until('it hears a quorum', () => Object.values(replicas[member - 1]!.status().links).includes('live'))
    for (const member of [1, 2, 3]) await execute(member, put(`after ${member}`, 'x'))
    expect(nowMs() - sinceMs).to.be.below(1_000)
    await until('all are equal', () => new Set(replicas.map(each => each.digest())).size === 1)
    // What was under way may have been executed, too: a later value of the same client.
    for (const [key, value] of load.acknowledged) {
      const found = await execute(1, get(key))
      expect('value' in found && Number(found.value), key).to.be.at.least(Number(value))
    }
  })

  it('bounds what the hung replica keeps in memory, whatever the others go through', async () => {
    const { replicas, execute, until, hang, release } = await cluster(3, { unwrittenMax: 40, indexWindowMax: 100 })
    hang(3)
    await execute(1, put('first', 'x'))
    await until('it is called stalled', () => replicas[2]!.status().disk === 'stalled')
    for (let at = 0; at < 300; at++) await execute(1, put(`k${at}`, 'x'))
    expect(replicas[2]!.status().records).to.be.below(200)
    release(3)
    await until('it catches up', () => replicas[2]!.digest() === replicas[0]!.digest())
  })

  it('bounds it in bytes, too', async () => {
    const unwrittenBytesMax = 20_000
    const { replicas, execute, until, hang, release } = await cluster(3, { unwrittenBytesMax })
    hang(3)
    await execute(1, put('first', 'x'))
    await until('it is called stalled', () => replicas[2]!.status().disk === 'stalled')
    for (let at = 0; at < 50; at++) await execute(1, put(`k${at}`, 'x'.repeat(2_000)))
    // One frame more than the bound, which was below it when the frame came.
    expect(replicas[2]!.status().records).to.be.below(unwrittenBytesMax / 2_000 + 10)
    release(3)
    await until('it catches up', () => replicas[2]!.digest() === replicas[0]!.digest())
  })
})
