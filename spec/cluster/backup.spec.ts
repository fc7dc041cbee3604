import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { CountingClients } from './backup/counting-clients.ts'
import { type Increment, objectionsToState, type Taking } from './backup/cut.ts'
import { eventually, RealCluster } from './real-cluster.ts'
import { type Ended, runCli, startCli } from './run-cli.ts'

describe('real processes: backup and restore', () => {
  let old: RealCluster
  let file: string
  before(async () => {
    old = await RealCluster.create()
    file = join(old.directory, 'backup')
    await old.startAll('--bootstrap')
  })
  after(() => old.dispose())

  const backup = (...args: readonly string[]): Promise<Ended> =>
    runCli(['backup', file, '--endpoints', old.endpoints.join(','), ...args])

  it('takes the state of one point under load, and a new cluster begins with it', async () => {
    const load = new CountingClients(old, 8)
    const takings: Taking[] = []
    const files: string[] = []
    try {
      await eventually('the load is under way', async () => (load.increments.length > 200 ? true : undefined))
      for (const endpoint of old.endpoints) {
        const start = performance.now()
        const { code, stderr, stdout } = await runCli(['backup', file, '--endpoints', endpoint, '--json'])
        expect(code, stderr).to.equal(0)
        expect(JSON.parse(stdout)).to.include({ cluster: 'spec', bytes: readFileSync(file).length })
        expect(readdirSync(old.directory).filter(name => name.includes('.part'))).to.eql([])
        takings.push({ start, end: performance.now() })
        files.push(`${file}.${files.length}`)
        copyFileSync(file, files.at(-1)!)
      }
      const { length } = load.increments
      await eventually('it goes on', async () => (load.increments.length > length + 200 ? true : undefined))
    } finally {
      await load.end()
    }
    console.log(`      ${files.length} backups under a load of ${load.increments.length} increments by 8 clients`)
    for (const [at, each] of files.entries()) await expectOnePoint(each, load.increments, takings[at]!)
  })

  /** A new cluster begins with the backup; its state is judged, and it goes on, and finds it again after a restart. */
  async function expectOnePoint(from: string, increments: readonly Increment[], taking: Taking): Promise<void> {
    const next = await RealCluster.create()
    try {
      await next.startAll('--bootstrap', '--restore', from)
      const reader = next.connect()
      const state = new Map<string, number>()
      for (const key of await reader.keys()) state.set(key, Number(await reader.get(key)))
      expect(objectionsToState(increments, state, taking)).to.eql([])
      const held = [...state.values()].reduce((sum, count) => sum + count, 0)
      expect(held, 'it was taken in the midst of the load').to.be.within(1, increments.length - 1)

      // Were one key as it was a moment before or after, the judge would notice.
      const [key, count] = [...state].sort(([, a], [, b]) => b - a)[0]!
      for (const other of [count - 50, count + 50])
        expect(objectionsToState(increments, new Map(state).set(key, other), taking)).to.not.eql([])

      await reader.put('after', 'x')
      expect(await reader.incr(key)).to.equal(count + 1)
      reader.close()
      await next.inStep()
      await next.stop(3)
      await next.start(3)
      await next.inStep()
      const last = next.connect(3)
      expect(await last.get(key, { stale: true })).to.equal(String(count + 1))
      last.close()
    } finally {
      await next.dispose()
    }
  }

  it('refuses a damaged file and a directory with data, and touches nothing', async () => {
    expect((await backup()).code).to.equal(0)
    const serve = (data: string, from: string): Promise<Ended> =>
      runCli([
        'serve',
        '--id',
        '1',
        '--members',
        '1=ws://127.0.0.1:0',
        '--data',
        data,
        '--bootstrap',
        '--restore',
        from,
      ])

    const bytes = readFileSync(file)
    // In the last segment, just before the end of the file.
    bytes[bytes.length - 30]! ^= 1
    const damaged = join(old.directory, 'damaged')
    writeFileSync(damaged, bytes)
    const fresh = join(old.directory, 'fresh')
    const refused = await serve(fresh, damaged)
    expect(refused.code).to.equal(1)
    expect(refused.stderr).to.match(/^epaxos: backupDamaged: .*damaged: segment \d+ is not as it was written\n$/)
    expect(readdirSync(old.directory)).to.not.include('fresh')
    expect(await serve(fresh, join(old.directory, 'none'))).to.include({ code: 2 })

    await old.stop(1)
    const taken = await serve(old.dataOf(1), file)
    expect(taken.code).to.equal(1)
    expect(taken.stderr).to.match(/^epaxos: storeNotEmpty: /)
    await old.start(1)
    await old.inStep()
  })

  it('says why there is none: no replica answers, no directory to write to', async () => {
    const names = readdirSync(old.directory)
    const alone = await runCli(['backup', file, '-e', 'ws://127.0.0.1:1', '-t', '1s'])
    expect(alone.code).to.equal(3)
    expect(alone.stderr).to.match(/^epaxos: unavailable: no replica gave a backup .*\n$/)
    expect(readdirSync(old.directory), 'nothing is left of it').to.eql(names)
    const nowhere = await runCli(['backup', join(old.directory, 'no', 'where'), '-e', old.endpoints.join(',')])
    expect(nowhere.code).to.equal(1)
    expect(nowhere.stderr).to.match(/^epaxos: ENOENT.*\n$/)
  })

  it('leaves nothing behind when it is interrupted', async () => {
    const silent = createServer()
    await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
    try {
      const names = readdirSync(old.directory)
      const { port } = silent.address() as AddressInfo
      const { child, ended } = startCli(['backup', file, '-e', `ws://127.0.0.1:${port}`, '-t', '10m'], '')
      await eventually('it has begun', async () =>
        readdirSync(old.directory).some(name => name.endsWith('.part')) ? true : undefined,
      )
      child.kill('SIGTERM')
      expect(await ended).to.include({ code: null, signal: 'SIGTERM' })
      expect(readdirSync(old.directory)).to.eql(names)
    } finally {
      silent.close()
    }
  })
})
