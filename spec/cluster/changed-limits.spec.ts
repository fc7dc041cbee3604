import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import type { KvClient } from '../../examples/kv/client.ts'
import { connectKv } from '../../examples/kv/connect.ts'
import { RealCluster } from './real-cluster.ts'

describe('real processes: input 11: limits that differ between replicas, and between lives of one', () => {
  let cluster: RealCluster
  before(async () => {
    cluster = await RealCluster.create()
  })
  after(() => cluster.dispose())

  /** A file of limits, as `serve --config` takes it. */
  function configOf(valueBytesMax: number, payloadBytesMax = 2_200_000): readonly string[] {
    const path = join(cluster.directory, `limits-${valueBytesMax}.json`)
    // Replicas compare their states often: a difference would stop them.
    writeFileSync(path, JSON.stringify({ limits: { valueBytesMax, payloadBytesMax, digestIntervalMs: 200 } }))
    return ['--config', path]
  }

  /** A client of this replica and no other: their limits differ. */
  async function use<T>(id: number, run: (client: KvClient) => Promise<T>): Promise<T> {
    const client = connectKv({ endpoints: [cluster.members.get(id)!], timeoutMs: 60_000 })
    try {
      return await run(client)
    } finally {
      client.close()
    }
  }
  const append = (id: number, bytes: number): Promise<string> =>
    use(id, client =>
      client.append('k', 'x'.repeat(bytes)).then(
        () => 'done',
        error => error.code,
      ),
    )

  it('what was refused stays refused, and nobody stops', async () => {
    await cluster.startAll('--bootstrap', ...configOf(1_000))
    await use(1, client => client.put('k', 'x'.repeat(900)))
    expect(await append(1, 200)).to.equal('tooLarge')
    await Promise.all(cluster.ids.map(id => cluster.kill(id)))
    await cluster.startAll(...configOf(2_000))
    expect(await use(1, client => client.get('k'))).to.have.length(900)
    await cluster.kill(3)
    await cluster.start(3, ...configOf(1_000))
    expect(await append(3, 200), 'by the limit where it is taken in').to.equal('tooLarge')
    expect(await append(1, 200)).to.equal('done')
    for (const id of cluster.ids)
      expect(await use(id, client => client.get('k')), `at replica ${id}`).to.have.length(1_100)
    await cluster.inStep()
    expect(cluster.unexpectedEnds).to.eql([])
  })

  it('a replica whose limits are lowered reads what it has, and what others take in', async () => {
    for (const id of [1, 2]) {
      await cluster.kill(id)
      await cluster.start(id, ...configOf(1_000_000))
    }
    await use(1, client => client.put('large', 'a'.repeat(1_000_000)))
    await cluster.inStep()
    await cluster.kill(3)
    await cluster.start(3, ...configOf(1_001, 100_000))
    await use(1, client => client.put('larger', 'b'.repeat(1_000_000)))
    await use(1, client => client.cas('large', 'a'.repeat(1_000_000), 'c'.repeat(1_000_000)))
    await cluster.inStep()
    expect(cluster.unexpectedEnds).to.eql([])
  })
})
