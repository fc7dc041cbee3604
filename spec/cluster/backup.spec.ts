import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { RealCluster } from './real-cluster.ts'
import { type Ended, runCli } from './run-cli.ts'

describe('real processes: backup and restore', function () {
  this.timeout(120_000)
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

  /** One client counts on two keys in turn, so that a state of any one point has `a === b` or `a === b + 1`. */
  async function countWhile<T>(run: () => Promise<T>): Promise<{ readonly result: T; readonly counted: number }> {
    const client = old.connect(2)
    let counted = 0
    let isOver = false
    const counting = (async () => {
      while (!isOver || counted === 0) {
        counted = await client.incr('a')
        await client.incr('b')
      }
    })()
    try {
      while (counted === 0) await new Promise(resolve => setImmediate(resolve))
      return { result: await run(), counted }
    } finally {
      isOver = true
      await counting
      client.close()
    }
  }

  it('takes the state of one point under load, and a new cluster begins with it', async () => {
    const client = old.connect()
    await client.put('before', 'acknowledged')
    client.close()
    const { result, counted } = await countWhile(() => backup('--json'))
    expect(result.code, result.stderr).to.equal(0)
    const told = JSON.parse(result.stdout)
    expect(told).to.include({ cluster: 'spec', bytes: readFileSync(file).length })
    expect(readdirSync(old.directory).filter(name => name.includes('.part'))).to.eql([])

    const next = await RealCluster.create()
    try {
      await next.startAll('--bootstrap', '--restore', file)
      const reader = next.connect()
      const [a, b] = [Number(await reader.get('a')), Number(await reader.get('b'))]
      expect(a - b, `a ${a}, b ${b}`).to.be.within(0, 1)
      expect(a).to.be.within(1, counted)
      expect(await reader.get('before')).to.equal('acknowledged')
      await reader.put('after', 'x')
      reader.close()
      await next.inStep()
      await next.stop(3)
      await next.start(3)
      await next.inStep()
      const last = next.connect(3)
      expect(await last.get('before', { stale: true })).to.equal('acknowledged')
      last.close()
    } finally {
      await next.dispose()
    }
  })

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
    bytes[bytes.length >> 1]! ^= 1
    const damaged = join(old.directory, 'damaged')
    writeFileSync(damaged, bytes)
    const fresh = join(old.directory, 'fresh')
    const refused = await serve(fresh, damaged)
    expect(refused.code).to.equal(1)
    expect(refused.stderr).to.match(/^epaxos: backupDamaged: .*damaged: its digest is [0-9a-f]{16}, .*\n$/)
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
    const alone = await runCli(['backup', file, '-e', 'ws://127.0.0.1:1', '-t', '1s'])
    expect(alone.code).to.equal(3)
    expect(alone.stderr).to.match(/^epaxos: unavailable: no replica gave a backup .*\n$/)
    const nowhere = await runCli(['backup', join(old.directory, 'no', 'where'), '-e', old.endpoints.join(',')])
    expect(nowhere.code).to.equal(1)
    expect(nowhere.stderr).to.match(/^epaxos: ENOENT.*\n$/)
  })
})
