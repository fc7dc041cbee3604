import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { formatMembers } from '../../examples/cli/members.ts'
import { eventually, freePorts, RealCluster } from './real-cluster.ts'
import { runCli } from './run-cli.ts'

describe('real processes: the secret of a cluster (input 29)', () => {
  let folder: string
  let cluster: RealCluster | undefined
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'epaxos-secret-'))
    cluster = undefined
  })
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') console.error(cluster?.output)
    await cluster?.dispose()
    rmSync(folder, { recursive: true, force: true })
  })
  const secretFile = (name: string, secret: string, mode = 0o600): string => {
    const path = join(folder, name)
    writeFileSync(path, `${secret}\n`)
    chmodSync(path, mode)
    return path
  }

  it('members with it form a quorum, and one with another is none of them', async () => {
    cluster = await RealCluster.create()
    const right = secretFile('right', 'the secret of this cluster')
    const wrong = secretFile('wrong', 'a secret of somebody else', 0o644)
    await Promise.all([
      cluster.start(1, '--bootstrap', '--cluster-secret-file', right),
      cluster.start(2, '--bootstrap', '--cluster-secret-file', right),
      cluster.start(3, '--bootstrap', '--cluster-secret-file', wrong),
    ])
    const { told } = cluster
    const client = cluster.connect(1)
    await client.put('a', '1')
    client.close()
    const refused = await eventually('3 is refused', async () =>
      told.find(({ id, event }) => id === 1 && event.code === 'peerRefused'),
    )
    expect(refused.event.text).to.match(/member 3 .*cluster secret/)
    expect((await cluster.status(1)).links[3]).to.not.equal('live')
    const warned = told.filter(({ event }) => event.code === 'secretReadable')
    expect(warned.map(({ id }) => id)).to.deep.equal([3])
  })

  it('serve does not listen beyond loopback without one, and says how to do it right', async () => {
    const [port] = await freePorts(1)
    const flags = ['serve', '--id', '1', '--data', join(folder, 'data'), '--bootstrap']
    for (const more of [
      ['--members', `1=ws://replica-1.example:${port}`],
      ['--members', `1=ws://127.0.0.1:${port}`, '--listen', `0.0.0.0:${port}`],
    ]) {
      const { code, stderr } = await runCli([...flags, ...more])
      expect(stderr).to.match(/secretMissing: .*--cluster-secret-file .*--insecure/)
      expect(code).to.equal(1)
    }
  })

  it('says what is wrong with a file', async () => {
    const [port] = await freePorts(1)
    const serve = (path: string) =>
      runCli([
        'serve',
        ...['--id', '1', '--members', `1=ws://127.0.0.1:${port}`, '--data', join(folder, 'data'), '--bootstrap'],
        ...['--cluster-secret-file', path],
      ])
    expect(await serve(secretFile('short', 'short'))).to.satisfy(
      ({ code, stderr }: { code: number; stderr: string }) => code === 2 && /at least 16 bytes, found 5/.test(stderr),
    )
    const { code, stderr } = await serve(join(folder, 'none'))
    expect(stderr).to.match(/--cluster-secret-file .*no such file/)
    expect(code).to.equal(2)
  })

  it('start makes one for its owner alone, and finds it again', async () => {
    const data = join(folder, 'data')
    const first = await runCli(['start', '--data', data, '--timeout', '60s'], 'put a 1\n')
    expect(first, first.stderr).to.include({ code: 0, stdout: 'OK\n' })
    const { mode, ino } = statSync(join(data, 'cluster-secret'))
    expect(mode & 0o777).to.equal(0o600)
    const second = await runCli(['start', '--data', data, '--timeout', '60s'], 'get a\n')
    expect(second, second.stderr).to.include({ code: 0, stdout: '1\n' })
    expect(statSync(join(data, 'cluster-secret')).ino).to.equal(ino)
  })
})

describe('real processes: addresses of members (input 20)', () => {
  it('a member that listens elsewhere than it is reached is reached', async () => {
    const cluster = await RealCluster.create()
    const [inner] = await freePorts(1)
    const outer = Number(new URL(cluster.members.get(1)!).port)
    const sockets = new Set<Socket>()
    // A published port: what comes to the outer one goes to the inner one.
    const published = createServer(near => {
      const far = connect(inner!, '127.0.0.1')
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(from)
        from.on('error', () => to.destroy()).on('close', () => to.destroy())
        from.pipe(to)
      }
    })
    try {
      await new Promise<void>(resolve => published.listen(outer, '127.0.0.1', resolve))
      await Promise.all([
        cluster.start(1, '--bootstrap', '--listen', `127.0.0.1:${inner}`),
        cluster.start(2, '--bootstrap'),
        cluster.start(3, '--bootstrap'),
      ])
      const client = cluster.connect(1)
      await client.put('a', '1')
      client.close()
      await eventually('all hear each other', async () => {
        const all = await Promise.all(cluster.ids.map(id => cluster.status(id)))
        return all.every(({ links }) => Object.values(links).every(state => state === 'live')) ? true : undefined
      })
    } finally {
      await cluster.dispose()
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => published.close(resolve))
    }
  })

  it('endpoints that a member cannot have are refused with words', async () => {
    for (const [endpoint, words] of [
      ['wss://10.0.0.1:7101', /do not speak TLS/],
      ['ws://10.0.0.1:7101/epaxos', /no path stands in it/],
      ['ws://10.0.0.1', /the port is missing/],
      ['ws://user@10.0.0.1:7101', /no user stands in it/],
      ['http://10.0.0.1:7101', /expected ws:\/\/HOST:PORT/],
    ] as const) {
      const members = `${formatMembers(new Map([[1, 'ws://127.0.0.1:7101']]))},2=${endpoint}`
      const { code, stderr } = await runCli(['serve', '--id', '1', '--members', members, '--data', 'nowhere'])
      expect(stderr, endpoint)
        .to.match(words)
        .and.match(/ws:\/\/HOST:PORT/)
      expect(code, endpoint).to.equal(2)
    }
    for (const listen of ['7101', '0.0.0.0', 'ws://0.0.0.0:7101', '0.0.0.0:99999']) {
      const { code, stderr } = await runCli(['serve', '--id', '1', '--listen', listen])
      expect(stderr, listen).to.match(/expected/)
      expect(code, listen).to.equal(2)
    }
  })
})
