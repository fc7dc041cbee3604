import { rmSync } from 'node:fs'
import { expect } from 'chai'
import { systemRandom } from '../../net/system-random.ts'
import { eventually, RealCluster } from './real-cluster.ts'
import { runCli } from './run-cli.ts'

describe('real processes: kill and restart', () => {
  let cluster: RealCluster
  beforeEach(async () => {
    cluster = await RealCluster.create()
    await cluster.startAll('--bootstrap')
  })
  afterEach(function () {
    if (this.currentTest?.state === 'failed') console.error(cluster.output)
    return cluster.dispose()
  })

  it('goes on without a replica that was killed; restarted, it catches up, and all states are equal', async () => {
    const victim = cluster.ids[Math.floor(systemRandom() * cluster.ids.length)]!
    const survivors = cluster.ids.filter(id => id !== victim)
    const client = cluster.connect(survivors[0])
    try {
      for (let i = 0; i < 20; i++) await client.put(`before${i}`, `${i}`)
      await cluster.inStep()
      await cluster.kill(victim)
      for (let i = 0; i < 20; i++) {
        await client.put(`during${i}`, `${i}`)
        expect(await client.incr('counter')).to.equal(i + 1)
      }
      await cluster.start(victim)
      await cluster.inStep()
      const late = cluster.connect(victim)
      try {
        expect(await late.get('before19')).to.equal('19')
        expect(await late.get('during19')).to.equal('19')
        expect(await late.incr('counter')).to.equal(21)
        expect(await late.keys('during')).to.have.length(20)
      } finally {
        late.close()
      }
      await cluster.inStep()
    } finally {
      client.close()
    }
  })

  it('keeps every acknowledged write when all are killed at once', async () => {
    const clients = cluster.ids.map(id => cluster.connect(id))
    const acknowledged = new Map<string, string>()
    let stop = false
    try {
      const writers = clients.flatMap((client, at) =>
        [0, 1, 2, 3].map(async writer => {
          for (let i = 0; !stop; i++) {
            const key = `${at}.${writer}.${i % 50}`
            const outcome = await client.put(key, String(i)).then(
              () => 'ok',
              error => error.code,
            )
            // After an unknown one the key may have either value.
            if (outcome === 'ok') acknowledged.set(key, String(i))
            else {
              acknowledged.delete(key)
              return
            }
          }
        }),
      )
      await eventually('300 writes', async () => (acknowledged.size >= 300 ? true : undefined))
      await Promise.all(cluster.ids.map(id => cluster.kill(id)))
      stop = true
      for (const client of clients) client.close()
      await Promise.all(writers)
    } finally {
      for (const client of clients) client.close()
    }
    await cluster.startAll()
    const reader = cluster.connect()
    try {
      for (const [key, value] of acknowledged) expect(await reader.get(key), key).to.equal(value)
    } finally {
      reader.close()
    }
    await cluster.inStep()
  })

  it('refuses to start on a removed directory, and says what to do', async () => {
    await cluster.kill(2)
    rmSync(cluster.dataOf(2), { recursive: true })
    const { code, stderr, stdout } = await runCli(['serve', ...cluster.flags(2)])
    expect(code).to.equal(1)
    expect(stdout).to.equal('')
    expect(stderr)
      .to.match(/^epaxos: storeEmpty: .*--bootstrap.*\n$/)
      .and.contain('lost its disk')
  })

  it('keeps a lost disk out that comes back as a new one under the old name', async () => {
    const client = cluster.connect(1)
    try {
      await client.put('a', '1')
      await cluster.inStep()
      await cluster.kill(2)
      rmSync(cluster.dataOf(2), { recursive: true })
      // It ends as soon as both have refused it.
      await cluster.start(2, '--bootstrap').catch(() => undefined)
      await eventually('it ends', async () =>
        cluster.told.find(({ id, event }) => id === 2 && event.code === 'failed' && /^disowned: /.test(event.text)),
      )
      await eventually('both refuse it', async () =>
        [1, 3].every(member =>
          cluster.told.some(({ id, event }) => id === member && event.code === 'peerRefused' && event.peer === 2),
        )
          ? true
          : undefined,
      )
      await client.put('a', '2')
      expect((await cluster.status(1)).links[2]).not.to.equal('live')
      const alone = await runCli(['get', 'a', '--timeout', '1s', '--endpoints', cluster.members.get(2)!])
      expect(alone).to.include({ code: 3, stdout: '' })
    } finally {
      client.close()
    }
  })

  it('finishes what is in flight and exits with 0 on SIGTERM; what it held comes back', async () => {
    const client = cluster.connect(1)
    await client.put('a', '1')
    client.close()
    await Promise.all(cluster.ids.map(id => cluster.stop(id)))
    await cluster.startAll()
    const again = cluster.connect(2)
    try {
      expect(await again.get('a')).to.equal('1')
    } finally {
      again.close()
    }
  })
})
