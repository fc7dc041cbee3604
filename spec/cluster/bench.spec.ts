import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { eventually, RealCluster } from './real-cluster.ts'
import { isAlive, runCli, startCli } from './run-cli.ts'

const short = ['--seconds', '1', '--warm-up', '100ms', '--rounds', '1', '--json']

interface Report {
  readonly rows: readonly {
    readonly contender: string
    readonly medians: Readonly<Record<string, number>>
  }[]
  readonly ratios: readonly { readonly to: string; readonly throughput: number }[]
}

describe('real processes: bench', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'epaxos-bench-spec-'))
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))

  it('measures a cluster of its own, and writes what it found', async () => {
    const page = join(directory, 'report.html')
    const args = ['bench', ...short, '--clients', '4', '--rate', '50', '--conflicts', '0.5', '--report', page]
    const { code, stdout, stderr } = await runCli(args)
    expect(code, stderr).to.equal(0)
    const { rows } = JSON.parse(stdout) as Report
    expect(rows.map(({ contender }) => contender)).to.deep.equal(['epaxos', 'epaxos'])
    for (const { medians } of rows) {
      expect(medians, stderr).to.include({ failures: 0 })
      for (const figure of ['throughput', 'p50', 'p99', 'max', 'clientUs'] as const)
        expect(medians[figure], figure).to.be.above(0)
      if (process.platform === 'linux')
        for (const figure of ['serverUs', 'waitUs', 'rssMib'] as const) expect(medians[figure]).to.be.above(0)
    }
    expect(readFileSync(page, 'utf8')).to.contain('<svg ')
  })

  it('measures clusters of several sizes in turns, and says which is how much of the other', async () => {
    const { code, stdout, stderr } = await runCli(['bench', '-n', '3,1', '--proposers', '1', ...short])
    expect(code, stderr).to.equal(0)
    const { rows, ratios } = JSON.parse(stdout) as Report
    expect(rows.map(({ contender }) => contender)).to.deep.equal(['epaxos n=3', 'epaxos n=1'])
    expect(ratios.map(({ to }) => to)).to.deep.equal(['epaxos n=1'])
    expect(ratios[0]!.throughput).to.be.within(0.001, 100)
    expect(stderr).to.contain('3 and 1 replicas as processes on loopback, clients at the first 1')
  })

  it('measures a running cluster', async () => {
    const cluster = await RealCluster.create(1)
    try {
      await cluster.startAll('--bootstrap')
      const { code, stdout, stderr } = await runCli(['bench', ...short, '--endpoints', cluster.endpoints.join(',')])
      expect(code, stderr).to.equal(0)
      const { rows } = JSON.parse(stdout) as Report
      expect(rows[0]!.medians.throughput).to.be.above(0)
      expect(rows[0]!.medians).not.to.have.property('serverUs')
    } finally {
      await cluster.dispose()
    }
  })

  /** A long run that has begun, and the processes that it started. */
  async function underWay() {
    const { child, ended } = startCli(['bench', '--seconds', '600', '--data', directory])
    let output = ''
    child.stderr!.on('data', chunk => {
      output += chunk
    })
    const pids = await eventually('it measures', async () => {
      const [, servers, load] = /server processes (.*), load generator (\d+)/.exec(output) ?? []
      return servers === undefined ? undefined : [...servers.split(' '), load].map(Number)
    })
    return { child, ended, pids }
  }

  it('ends what it started and exits with 130 on SIGINT', async () => {
    const { child, ended, pids } = await underWay()
    expect(pids.length).to.equal(4)
    expect(pids.every(isAlive)).to.equal(true)
    child.kill('SIGINT')
    const { code, stdout } = await ended
    expect({ code, stdout }).to.deep.equal({ code: 130, stdout: '' })
    expect(pids.some(isAlive)).to.equal(false)
  })

  it('ends at once at a second SIGINT, with what it started', async () => {
    const { child, ended, pids } = await underWay()
    child.kill('SIGINT')
    child.kill('SIGINT')
    expect((await ended).code).to.equal(130)
    await eventually('they end', async () => (pids.some(isAlive) ? undefined : true))
  })

  it('leaves nothing behind when it is killed', async () => {
    const { child, ended, pids } = await underWay()
    child.kill('SIGKILL')
    await ended
    await eventually('they end', async () => (pids.some(isAlive) ? undefined : true))
  })

  it('says how to install what is missing', async () => {
    const { code, stdout, stderr } = await runCli(['bench', '--vs', 'etcd'], '', { ...process.env, PATH: directory })
    expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' })
    expect(stderr).to.contain('apt-get install etcd-server')
  })

  it('refuses a wrong command line with 2', async () => {
    for (const args of [
      ['--clients', 'many'],
      ['--keys', 'few'],
      ['--conflicts', '2'],
      ['--vs', 'etcd', '--endpoints', 'ws://127.0.0.1:1'],
      ['-n', '5,3', '--vs', 'etcd'],
      ['-n', '3', '--proposers', '4'],
      ['--config', join(directory, 'none.json')],
      ['--report', join(directory, 'none', 'page.html')],
    ]) {
      const { code, stderr } = await runCli(['bench', ...args])
      expect(code, `${args}: ${stderr}`).to.equal(2)
      expect(stderr).not.to.contain('server processes')
    }
  })

  it('writes its data nowhere where something is', async () => {
    writeFileSync(join(directory, 'something'), '')
    const { code, stderr } = await runCli(['bench', '--data', directory])
    expect(code, stderr).to.equal(2)
    expect(stderr).to.contain('a new or an empty directory was expected')
  })
})
