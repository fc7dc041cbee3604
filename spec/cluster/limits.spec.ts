import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { RealCluster } from './real-cluster.ts'
import { runCli } from './run-cli.ts'

describe('real processes: input 22: limits that go together', () => {
  let cluster: RealCluster
  before(async () => {
    cluster = await RealCluster.create()
  })
  after(() => cluster.dispose())

  for (const [limits, words] of [
    [{ keyBytesMax: 8 }, /keyBytesMax is 8/],
    [{ membersMax: 2 }, /membersMax is 2, and there are 3 members/],
    [{ valueBytesMax: 2_000_000 }, /payloadBytesMax/],
  ] as const)
    it(`serve says what is wrong with ${JSON.stringify(limits)}, before anything is made`, async () => {
      const config = join(cluster.directory, 'config.json')
      writeFileSync(config, JSON.stringify({ limits }))
      const { code, stdout, stderr } = await runCli(['serve', ...cluster.flags(1), '--bootstrap', '--config', config])
      expect({ code, stdout }).to.eql({ code: 2, stdout: '' })
      expect(stderr)
        .to.match(/^epaxos: [^\n]+\n$/)
        .and.match(words)
    })

  it('whatever may be put may be swapped', async () => {
    await cluster.startAll('--bootstrap')
    const client = cluster.connect()
    const [old, next] = ['o'.repeat(1_048_576), 'n'.repeat(1_048_576)]
    await client.put('large', old)
    expect(await client.cas('large', old, next)).to.equal(true)
    expect(await client.get('large')).to.equal(next)
    client.close()
  })
})
