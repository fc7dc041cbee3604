import { expect } from 'chai'
import { RealCluster } from './real-cluster.ts'
import { runCli } from './run-cli.ts'

describe('status --wait', function () {
  this.timeout(240_000)

  it('ends when all replicas have caught up, and with another code when one has not in time', async () => {
    const cluster = await RealCluster.create()
    try {
      await cluster.startAll('--bootstrap')
      const client = cluster.connect(1)
      await client.put('k', 'v')
      await cluster.kill(3)
      await client.put('k', 'w')
      client.close()
      const wait = (timeout: string) =>
        runCli(['status', '--wait', '--endpoints', cluster.endpoints.join(','), '--timeout', timeout])
      const late = await wait('1s')
      expect(late.code).to.equal(3)
      expect(late.stderr).to.include(`not caught up within 1000 ms: ${cluster.endpoints[2]}`)
      await cluster.start(3)
      const { code, stdout } = await wait('60s')
      expect(code).to.equal(0)
      expect(stdout).to.not.include('catching up')
      const codes = cluster.told.filter(({ id }) => id === 3).map(({ event }) => event.code)
      expect(codes.filter(each => each === 'ready' || each === 'caughtUp').slice(-2), 'in this order').to.eql([
        'ready',
        'caughtUp',
      ])
    } finally {
      await cluster.dispose()
    }
  })
})
