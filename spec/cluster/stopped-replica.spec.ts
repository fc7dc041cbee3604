import { expect } from 'chai'
import { put } from '../../examples/kv/commands.ts'
import { RealCluster } from './real-cluster.ts'

/** Commands that one closed-loop client gets through in a while. */
async function count(cluster: RealCluster, id: number, forMs: number): Promise<{ done: number; longestMs: number }> {
  const client = cluster.connect(id)
  let done = 0
  let longestMs = 0
  try {
    const until = performance.now() + forMs
    while (performance.now() < until) {
      const from = performance.now()
      // Half of the keys are shared with everybody: what the stopped replica left undecided is in the way.
      await client.execute(put(`k${done % 2 === 0 ? id : done % 10}`, String(done)))
      longestMs = Math.max(longestMs, performance.now() - from)
      done++
    }
  } finally {
    client.close()
  }
  return { done, longestMs }
}

describe('real processes: a stopped replica', () => {
  it('does not stop the others: their clients go on, and none waits for long', async () => {
    const cluster = await RealCluster.create(3)
    try {
      await cluster.startAll('--bootstrap')
      const load = (forMs: number) => Promise.all([1, 2, 3].map(id => count(cluster, id, forMs)))
      const before = await load(2_000)
      const third = count(cluster, 3, 500).catch(() => undefined)
      process.kill(cluster.pidOf(3), 'SIGSTOP')
      const during = await Promise.all([1, 2].map(id => count(cluster, id, 10_000)))
      process.kill(cluster.pidOf(3), 'SIGCONT')
      await third
      const rate = (all: readonly { done: number }[], ms: number) => all.reduce((sum, { done }) => sum + done, 0) / ms
      const share = rate(during, 10_000) / rate(before.slice(0, 2), 2_000)
      const longestMs = Math.max(...during.map(each => each.longestMs))
      console.log(`      throughput ${share.toFixed(2)} of before, longest wait ${longestMs.toFixed(0)} ms`)
      expect(share).to.be.above(0.5)
      await cluster.inStep()
    } finally {
      await cluster.dispose()
    }
  })
})
