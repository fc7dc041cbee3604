import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { WebSocket } from 'ws'
import { formatMembers } from '../../examples/cli/members.ts'
import { createRandom } from '../../examples/kv/workload/random.ts'
import { eventually, freePorts, RealCluster } from './real-cluster.ts'
import { runCli, startCli } from './run-cli.ts'

const mib = 1_048_576

/** Random bytes, the same for the same seed. */
function randomBytes(length: number, seed: number): Uint8Array {
  const random = createRandom(seed)
  return Uint8Array.from({ length }, () => Math.floor(random() * 256))
}

/** Sends one frame and waits for the other side to end the connection; its reason. */
function endedAfter(url: string, frame: Uint8Array): Promise<{ code: number; reason: string }> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url)
    socket.on('error', reject)
    socket.on('open', () => socket.send(frame))
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }))
  })
}

/** `serve` with the flags of a member, some of them replaced. */
const serve = (flags: readonly string[], ...more: readonly string[]) => runCli(['serve', ...flags, ...more])

describe('real processes: bad input', () => {
  let cluster: RealCluster
  before(async () => {
    cluster = await RealCluster.create()
    await cluster.startAll('--bootstrap')
    const client = cluster.connect()
    await client.put('kept', 'yes')
    client.close()
  })
  after(() => cluster.dispose())
  afterEach(async () => {
    const client = cluster.connect()
    try {
      expect(await client.get('kept')).to.equal('yes')
    } finally {
      client.close()
    }
  })

  /** The same cluster, its members at other ports: nobody listens there. */
  async function elsewhere(id: number, ...replaced: readonly string[]): Promise<readonly string[]> {
    const ports = await freePorts(3)
    const members = formatMembers(new Map(ports.map((port, at) => [at + 1, `ws://127.0.0.1:${port}`])))
    return ['--id', `${id}`, '--data', cluster.dataOf(id), '--cluster', 'spec', '--members', members, ...replaced]
  }

  for (const path of ['/peer', '/client']) {
    for (const [name, bytes] of [
      ['a random MiB', mib],
      ['one random byte', 1],
      ['no byte', 0],
      ['more than a frame may have', 17 * mib],
    ] as const) {
      it(`ends a connection to ${path} that sends ${name}, and goes on`, async () => {
        const before = cluster.pidOf(1)
        const { code } = await endedAfter(cluster.members.get(1)! + path, randomBytes(bytes, 7))
        expect(code).not.to.equal(1000)
        expect(cluster.pidOf(1)).to.equal(before)
        expect(await cluster.status(1)).to.include({ state: 'voting' })
      })
    }
  }

  it('refuses a member id that is none', async () => {
    const { code, stderr, stdout } = await serve(cluster.flags(9))
    expect({ code, stdout }).to.eql({ code: 2, stdout: '' })
    expect(stderr).to.match(/^epaxos: --id 9 is no member: the members are 1, 2, 3.*\n$/)
  })

  it("refuses another cluster's name on a store", async () => {
    const { code, stderr } = await serve(await elsewhere(1, '--cluster', 'other'))
    expect(code).to.equal(1)
    expect(stderr).to.match(/^epaxos: storeLocked|^epaxos: storeForeign/)
    await cluster.kill(1)
    const alone = await serve(await elsewhere(1, '--cluster', 'other'))
    await cluster.start(1)
    expect(alone.code).to.equal(1)
    expect(alone.stderr).to.match(/^epaxos: storeForeign: .*"spec".*"other".*\n$/)
  })

  it("refuses a peer of another cluster's name, and says so on both sides", async () => {
    const directory = mkdtempSync(join(tmpdir(), 'epaxos-stranger-'))
    await cluster.kill(3)
    const args = ['serve', '--id', '3', '--members', formatMembers(cluster.members), '--data', join(directory, '3')]
    const stranger = startCli([...args, '--cluster', 'other', '--bootstrap'])
    try {
      let said = ''
      stranger.child.stderr!.on('data', data => {
        said += data
      })
      await eventually('it is told', async () => (/cluster/.test(said) ? true : undefined))
      await eventually('it is noticed', async () =>
        cluster.told.some(({ event }) => event.code === 'incomingLinkRejected' && /"?other"?/.test(event.text))
          ? true
          : undefined,
      )
      expect((await cluster.status(1)).links[3]).not.to.equal('live')
    } finally {
      stranger.child.kill('SIGTERM')
      const { code, stderr } = await stranger.ended
      expect(code, stderr).to.equal(0)
      rmSync(directory, { recursive: true })
      await cluster.start(3)
    }
  })

  it('refuses a second process on the same data', async () => {
    const { code, stderr } = await serve(await elsewhere(1))
    expect(code).to.equal(1)
    expect(stderr).to.match(/^epaxos: storeLocked: .*\n$/)
  })

  it('refuses a port in use, before it touches any data', async () => {
    const directory = join(cluster.directory, 'untouched')
    const { code, stderr } = await serve(cluster.flags(1), '--data', directory, '--bootstrap')
    expect(code).to.equal(1)
    expect(stderr).to.match(/^epaxos: portInUse: 127.0.0.1:\d+ is in use.*\n$/)
    expect(readdirSync(cluster.directory)).not.to.include('untouched')
  })

  it('refuses to begin a new store over data', async () => {
    const { code, stderr } = await serve(await elsewhere(1), '--bootstrap')
    expect(code).to.equal(1)
    expect(stderr).to.match(/^epaxos: store(Locked|NotEmpty): .*\n$/)
  })

  it('refuses a truncated database, names it, and starts again once it is whole', async () => {
    // Stopped, not killed: what is in the write-ahead log would make a killed one whole again.
    await cluster.stop(2)
    const file = join(cluster.dataOf(2), readdirSync(cluster.dataOf(2)).find(name => /\.(sqlite|db)$/.test(name))!)
    const whole = readFileSync(file)
    truncateSync(file, whole.length / 2)
    const { code, stderr, stdout } = await serve(cluster.flags(2))
    expect({ code, stdout }).to.eql({ code: 1, stdout: '' })
    expect(stderr).to.match(/^epaxos: storeDamaged: .*\n$/)
    writeFileSync(file, whole)
    await cluster.start(2)
    await cluster.inStep()
  })
})
