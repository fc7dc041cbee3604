import { expect } from 'chai'
import type { KvCommand, KvResult } from '../../../examples/kv/commands.ts'
import { put } from '../../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import { closedLoop } from '../support/closed-loop.ts'
import { hangingStores } from '../support/hanging-stores.ts'
import { memoryCluster } from '../support/memory-cluster.ts'

/** Commands of member 3 before it restarts: enough that whole blocks of indices are reserved. */
const commands = 500

/** Member 3 restarts; its flushes take so much longer from then on. Clients of 1 and 2 on keys of their own. */
async function restarted(byMs: number, recoveryBegan: (index: number) => void = () => undefined) {
  const stores = hangingStores()
  let isLater = false
  const cluster = await memoryCluster<KvCommand, KvResult>({
    stateMachine: () => createKvStateMachine(),
    storeOf: stores.storeOf,
    limits: { digestIntervalMs: 0 },
    tap: member => ({
      stepped: ({ rank, index }, event) => {
        if (isLater && member === 3 && rank === 2 && event === 'startRecovery') recoveryBegan(index)
      },
    }),
  })
  for (let at = 0; at < commands; at++) await cluster.execute(3, put('c', `${at}`))
  const load = closedLoop(cluster, [1, 2], 3, 10, (member, client) => `${member}.${client}`)
  await cluster.pass(200)
  isLater = true
  if (byMs > 0) stores.slow(3, cluster.clock, byMs)
  await cluster.restart(3, 'stop')
  const top = cluster.replicas[2]!.status().restartBarrier
  await cluster.until('what was forgotten is executed by all', () =>
    cluster.replicas.every(each => each.progress().executedPrefix[2]! >= top),
  )
  await cluster.pass(1_000)
  load.end()
  return { load, top }
}

describe('a restart under the faster rule on a slow disk (input 32)', () => {
  for (const byMs of [0, 200, 500])
    it(`with flushes of ${byMs + 1} ms: clients of the others wait at most half a second, and hardly at all`, async () => {
      const begun = new Map<number, number>()
      const { load, top } = await restarted(byMs, index => begun.set(index, (begun.get(index) ?? 0) + 1))
      expect(top, 'a block was left open').to.be.above(commands + 64)
      expect(load.longestMs()).to.be.below(50)
      expect([...load.ends.keys()]).to.eql(['ok'])
      expect(Math.max(0, ...begun.values()), 'it outbids none of its own recoveries').to.be.at.most(1)
    })
})
