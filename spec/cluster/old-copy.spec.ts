import { cpSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { connectKv } from '../../examples/kv/connect.ts'
import { handshakeLines, rawRequest } from '../support/raw-request.ts'
import { eventually, RealCluster } from './real-cluster.ts'
import { runCli } from './run-cli.ts'

describe('real processes: an old copy of a data directory (input 33)', () => {
  let cluster: RealCluster
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') console.error(cluster.output)
    await cluster.dispose()
  })

  const acknowledged = new Map<string, string>()
  async function write(ids: readonly number[], count: number): Promise<void> {
    const client = connectKv({ endpoints: ids.map(id => cluster.members.get(id)!), timeoutMs: 60_000 })
    for (let at = 0; at < count; at++) {
      const key = `k${acknowledged.size}`
      await client.put(key, `value ${acknowledged.size}`)
      acknowledged.set(key, `value ${acknowledged.size}`)
    }
    client.close()
  }

  it('is refused by the peers, says so in words and stops; the directory itself comes back', async () => {
    acknowledged.clear()
    cluster = await RealCluster.create()
    await cluster.startAll('--bootstrap')
    await write([1, 2, 3], 5)
    await cluster.stop(3)
    const [directory, copy, true3] = [
      cluster.dataOf(3),
      join(cluster.directory, 'copy'),
      join(cluster.directory, 'true'),
    ]
    cpSync(directory, copy, { recursive: true })
    await cluster.start(3)
    await cluster.inStep()
    await write([3], 20)
    await cluster.kill(3)

    renameSync(directory, true3)
    for (const start of [1, 2]) {
      cpSync(copy, directory, { recursive: true, force: true })
      const before = cluster.told.length
      // It is ready before it has met anybody, or ends before that.
      await cluster.start(3).catch(() => undefined)
      const events = () => cluster.told.slice(before).filter(({ id }) => id === 3)
      const failed = await eventually(`it ends, start ${start}`, async () =>
        events().find(({ event }) => event.code === 'failed'),
      )
      expect(failed.event.error).to.deep.include({ code: 'disowned' })
      expect(events().filter(({ event }) => event.code === 'disowned')).to.have.length.of.at.least(2)
      expect(failed.event.text).to.match(/do not let this replica in: .*old/)
      await eventually('its process is gone', async () => (cluster.isRunning(3) ? undefined : true))
    }
    await write([1, 2], 5)
    const client = connectKv({ endpoints: [cluster.members.get(2)!], timeoutMs: 60_000 })
    for (const [key, value] of acknowledged) expect(await client.get(key), key).to.equal(value)
    client.close()

    rmSync(directory, { recursive: true })
    renameSync(true3, directory)
    await cluster.start(3)
    await cluster.inStep()
    const codes = cluster.told.filter(({ id }) => id !== 3).map(({ event }) => event.code)
    expect(codes, 'nobody else has stopped').to.not.include('failed')
  })
})

describe('real processes: web pages and names (input 12), requests that are none (input 27)', () => {
  it('a replica refuses foreign ones on every path, and goes on', async () => {
    const cluster = await RealCluster.create()
    try {
      await cluster.startAll('--bootstrap', '--allow-origin', 'https://console.example', '--allow-host', 'kv.example')
      const { port, host } = new URL(cluster.members.get(1)!)
      const ask = (target: string, headers: { readonly [name: string]: string }) =>
        rawRequest(Number(port), handshakeLines(target, { host, ...headers }))
      for (const path of ['/client', '/peer', '/tap']) {
        expect(await ask(path, {}), path).to.equal(101)
        expect(await ask(path, { origin: 'https://evil.example' }), path).to.equal(403)
        expect(await ask(path, { host: 'rebound.evil.example' }), path).to.equal(421)
      }
      expect(await ask('/client', { origin: 'https://console.example', host: 'kv.example' })).to.equal(101)
      expect(await ask('/tap', { origin: 'https://console.example' }), 'the tap is for programs').to.equal(403)
      expect(await ask('//[', {})).to.equal(400)
      const client = cluster.connect()
      await client.put('a', '1')
      client.close()
      expect(cluster.unexpectedEnds).to.deep.equal([])
      const asked = ['peer', 'forget', '2', '--json', '-e', [1, 2].map(id => cluster.members.get(id)!).join()]
      const { code, stdout, stderr } = await runCli(asked)
      const verdicts = (JSON.parse(stdout) as { readonly verdict: string }[]).map(({ verdict }) => verdict)
      expect(verdicts, 'its votes count').to.deep.equal(['tookPart', 'isSelf'])
      expect(stderr).to.match(/member 2 is not forgotten everywhere/)
      expect(code).to.equal(1)
    } finally {
      await cluster.dispose()
    }
  })
})
