import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { table } from '../../examples/cli/table.ts'
import { connectKv } from '../../examples/kv/connect.ts'
import { filesOf } from '../../storage/sqlite/files.ts'
import { failingSync } from './faults/disk/failing-sync.ts'
import { harms, type SpareStore, spareStore } from './faults/disk/harm.ts'
import { mountSmall, type SmallMount } from './faults/disk/small-mount.ts'
import { eventually, RealCluster } from './real-cluster.ts'
import { type Ended, runCli, startCli } from './run-cli.ts'

/** Whose disk it is. */
const damaged = 2
const healthy = [1, 3]
const patienceMs = 60_000

describe('real processes: storage faults', () => {
  let folder: string
  let cluster: RealCluster
  /** What was acknowledged, each under a key of its own. */
  let acknowledged: Map<string, string>
  const rows: string[][] = [['fault', 'what the program said', 'exit code', 'voted', 'acknowledged, lost']]

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'epaxos-disks-'))
  })
  after(() => {
    rmSync(folder, { recursive: true, force: true })
    console.log(table(rows).replace(/^/gm, '    '))
  })
  afterEach(function () {
    if (this.currentTest?.state === 'failed') console.error(cluster.output)
  })

  /** A client of this replica alone. */
  const only = (id: number, timeoutMs = patienceMs) => connectKv({ endpoints: [cluster.members.get(id)!], timeoutMs })

  async function write(id: number, count: number, padding = ''): Promise<void> {
    const client = only(id)
    try {
      for (let at = 0; at < count; at++) {
        const key = `k${acknowledged.size}`
        const value = `${id}.${acknowledged.size}.${padding}`
        await client.put(key, value)
        acknowledged.set(key, value)
      }
    } finally {
      client.close()
    }
  }

  /** Reads through these replicas what was acknowledged. @returns how many values are not there */
  async function lostAt(ids: readonly number[]): Promise<number> {
    let lost = 0
    for (const id of ids) {
      const client = only(id)
      const values = await Promise.all([...acknowledged].map(async ([key, value]) => (await client.get(key)) === value))
      lost += values.filter(isThere => !isThere).length
      client.close()
    }
    return lost
  }

  /** The others do without the damaged one, and have all that was acknowledged. */
  async function expectHealthy(): Promise<string> {
    await eventually('the others do without it', async () => {
      const all = await Promise.all(healthy.map(id => cluster.status(id)))
      return all.every(({ links }) => links[damaged] !== 'live') ? true : undefined
    })
    await write(healthy[0]!, 5)
    const lost = await lostAt(healthy)
    expect(lost).to.equal(0)
    return `${acknowledged.size}, ${lost}`
  }

  const note = (what: string, said: string, code: number | null, votes: string, lost: string) =>
    rows.push([
      what,
      // Without the directories, and what to do, which is the same for all.
      said
        .replaceAll(/\S*\/(?=replica\.|state\.|\d)/g, '')
        .replace(/[.;,] (To do|whether it was).*/s, '')
        .trim(),
      code === null ? 'runs' : String(code),
      votes,
      lost,
    ])

  describe('on the disk of a replica that was killed', () => {
    let spare: SpareStore
    before(async () => {
      acknowledged = new Map()
      cluster = await RealCluster.create()
      const owner = { cluster: 'other', member: damaged, members: cluster.ids, epoch: 1 }
      spare = await spareStore(join(folder, 'spare'), owner)
      const config = join(folder, 'limits.json')
      writeFileSync(config, JSON.stringify({ limits: { snapshotCommands: 20, digestIntervalMs: 0 } }))
      await cluster.startAll('--bootstrap', '--config', config)
    })
    after(() => cluster.dispose())

    for (const { what, inflict, named } of harms)
      it(what, async () => {
        await write(damaged, 30)
        await cluster.inStep()
        // No two replicas write checkpoints together, so that it may have to wait for its turn.
        await eventually('it has a checkpoint', async () =>
          (await cluster.status(damaged)).snapshot === undefined ? undefined : true,
        )
        await cluster.kill(damaged)
        const files = filesOf(cluster.dataOf(damaged))
        const good = join(folder, 'good')
        cpSync(files.directory, good, { recursive: true })
        await inflict(files, spare)
        for (const time of ['at once', 'and again']) {
          const { code, stderr, stdout } = await runCli(['serve', ...cluster.flags(damaged)])
          expect({ code, stdout }, time).to.eql({ code: 1, stdout: '' })
          expect(stderr, time)
            .to.match(named)
            .and.match(/^epaxos: .*\n$/)
          // What to do.
          expect(stderr, time).to.match(/must not vote|its own directory/)
          if (time === 'at once') note(what, stderr, code, 'no: it ended before it was ready', await expectHealthy())
        }
        rmSync(files.directory, { recursive: true })
        cpSync(good, files.directory, { recursive: true })
        rmSync(good, { recursive: true })
        await cluster.start(damaged)
        await cluster.inStep()
        expect(await lostAt([damaged])).to.equal(0)
      })
  })

  describe('fsync fails', () => {
    /** A checkpoint is due soon. */
    let soon: readonly string[]
    before(async () => {
      acknowledged = new Map()
      cluster = await RealCluster.create()
      const config = join(folder, 'checkpoints.json')
      writeFileSync(config, JSON.stringify({ limits: { snapshotCommands: 20 } }))
      soon = ['--config', config]
      await cluster.startAll('--bootstrap', ...soon)
    })
    after(() => cluster.dispose())

    for (const [part, padding] of [
      ['log', ''],
      ['mark', ''],
      ['state', ''],
      // So much that the log is moved into the database.
      ['database', 'x'.repeat(200_000)],
    ] as const)
      it(`of the ${part}`, async function () {
        const files = filesOf(cluster.dataOf(damaged))
        const directory = join(folder, part)
        mkdirSync(directory)
        const failing = failingSync(directory, files[part])
        if (typeof failing === 'string') {
          console.log(`      skipped: ${failing}`)
          return this.skip()
        }
        await cluster.stop(damaged)
        const { child, ended } = startCli(['serve', ...cluster.flags(damaged), ...soon], undefined, {
          ...process.env,
          ...failing.env,
        })
        try {
          await eventually('it serves', () => cluster.status(damaged, 1_000).catch(() => undefined))
          await write(damaged, 20)
          failing.begin()
          let end: Ended | undefined
          void ended.then(it => {
            end = it
          })
          await eventually('it ends', async () => {
            if (end === undefined) await write(healthy[0]!, 10, padding)
            return end
          })
        } finally {
          child.kill('SIGKILL')
        }
        const { code, stderr } = await ended
        expect(code).to.equal(1)
        const said = stderr.split('\n').find(line => line.startsWith('epaxos: '))!
        expect(said).to.match(
          /^epaxos: storeFailed: .*(replica\.db|replica\.mark|state\.db): .*start this replica again/,
        )
        note(`fsync of the ${part} fails`, said, code, 'not from then on', await expectHealthy())
        await cluster.start(damaged)
        await cluster.inStep()
        expect(await lostAt([damaged])).to.equal(0)
      })
  })

  describe('the disk is full', () => {
    let mount: SmallMount | undefined
    before(async () => {
      acknowledged = new Map()
      cluster = await RealCluster.create()
    })
    after(async () => {
      await Promise.all(cluster.ids.map(id => cluster.kill(id)))
      mount?.unmount()
      await cluster.dispose()
    })

    it('no vote, but reads and status; with room it votes again', async function () {
      const mounted = mountSmall(cluster.dataOf(damaged), 8)
      if (typeof mounted === 'string') {
        console.log(`      skipped: ${mounted}`)
        return this.skip()
      }
      mount = mounted
      await cluster.startAll('--bootstrap')
      await write(damaged, 20)
      await cluster.inStep()
      mount.fill()
      await eventually('its disk is full', async () => {
        await write(healthy[0]!, 5)
        return (await cluster.status(damaged)).disk === 'full' ? true : undefined
      })
      const stale = only(damaged)
      expect(await stale.get('k0', { stale: true })).to.equal(acknowledged.get('k0'))
      stale.close()
      const anywhere = cluster.connect(damaged)
      await anywhere.put('anywhere', '1')
      acknowledged.set('anywhere', '1')
      anywhere.close()
      const lost = await expectHealthy()

      // With one of the others gone nothing can be decided without its vote.
      await cluster.kill(healthy[1]!)
      const client = only(healthy[0]!, 60_000)
      let isAnswered = false
      const late = client.put('late', '1').finally(() => {
        isAnswered = true
      })
      await eventually('it is under way', async () =>
        (await cluster.status(healthy[0]!)).uncommitted > 0 ? true : undefined,
      )
      await sleep(2_000)
      expect(isAnswered).to.equal(false)
      mount.empty()
      await late
      acknowledged.set('late', '1')
      client.close()
      expect((await cluster.status(damaged)).disk).to.equal('ok')
      await write(damaged, 5)
      await cluster.start(healthy[1]!)
      await cluster.inStep()
      expect(await lostAt(cluster.ids)).to.equal(0)
      const said = cluster.told.find(({ id, event }) => id === damaged && event.code === 'diskFull')!.event.text
      expect(said)
        .to.match(/the disk is full/)
        .and.match(/make room/)
      note('full disk', said, null, 'not while it was full', lost)
    })

    it('when it starts again too', async function () {
      if (mount === undefined) return this.skip()
      await cluster.kill(damaged)
      mount.fill()
      await cluster.start(damaged)
      await eventually('its disk is full', async () => {
        await write(healthy[0]!, 5)
        return (await cluster.status(damaged)).disk === 'full' ? true : undefined
      })
      const stale = only(damaged)
      expect(await stale.get('k0', { stale: true })).to.equal(acknowledged.get('k0'))
      stale.close()
      const lost = await expectHealthy()
      note('full disk at the start', 'the same', null, 'not while it was full', lost)
      mount.empty()
      await cluster.inStep()
      expect(await lostAt([damaged])).to.equal(0)
    })
  })
})
