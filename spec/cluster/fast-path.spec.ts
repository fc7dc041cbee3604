import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { RealCluster } from './real-cluster.ts'
import { runCli } from './run-cli.ts'

describe('real processes: fast path', () => {
  for (const n of [3, 5]) {
    it(`commits at least 99 % of commands without conflicts in one round trip, n = ${n}`, async () => {
      const cluster = await RealCluster.create(n)
      try {
        // A process that a loaded machine holds up is waited for, and not suspected.
        const config = join(cluster.directory, 'limits.json')
        writeFileSync(config, JSON.stringify({ limits: { suspicionMs: 60_000, fastPathWaitMaxMs: 60_000 } }))
        await cluster.startAll('--bootstrap', '--config', config)
        const load = ['--clients', '16', '--ops', '2000', '--keys', '10000000', '--mix', 'put=1']
        const { code, stderr } = await runCli(['workload', '--endpoints', cluster.endpoints.join(','), ...load])
        expect(code, stderr).to.equal(0)
        const all = await Promise.all(cluster.ids.map(id => cluster.status(id)))
        const fast = all.reduce((sum, status) => sum + status.fastPathCommands, 0)
        const slow = all.reduce((sum, status) => sum + status.slowPathCommands, 0)
        expect(fast + slow).to.be.at.least(2_000)
        expect(fast / (fast + slow), `${fast} fast, ${slow} slow`).to.be.at.least(0.99)
      } finally {
        await cluster.dispose()
      }
    })
  }
})
