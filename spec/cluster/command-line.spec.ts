import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { eventually, freePorts, RealCluster } from './real-cluster.ts'
import { type Ended, runCli } from './run-cli.ts'

describe('real processes: command line', () => {
  let cluster: RealCluster
  before(async () => {
    cluster = await RealCluster.create()
    await cluster.startAll('--bootstrap')
  })
  after(() => cluster.dispose())

  /** Undefined when it is absent. */
  async function keyOf(key: string): Promise<string | undefined> {
    const client = cluster.connect()
    try {
      return (await client.get(key)) ?? undefined
    } finally {
      client.close()
    }
  }
  const epaxos = (...args: readonly string[]): Promise<Ended> =>
    runCli([...args, '--timeout', '60s', '--endpoints', cluster.endpoints.join(',')])

  it('puts, gets and the rest: values on standard output, exit codes 0 and 1', async () => {
    const expected: readonly [readonly string[], number, string, RegExp][] = [
      [['put', 'a', '1'], 0, 'OK\n', /^$/],
      [['get', 'a'], 0, '1\n', /^$/],
      [['get', 'b'], 1, '', /^epaxos: b: absent\n$/],
      [['get', 'b', '--stale'], 1, '', /^epaxos: b: absent\n$/],
      [['get', 'a', '--stale'], 0, '1\n', /^$/],
      [['get', 'b', '--json'], 1, '{"ok":true,"value":null}\n', /^epaxos: b: absent\n$/],
      [['cas', 'a', '1', '2'], 0, 'OK\n', /^$/],
      [['cas', 'a', '1', '3'], 1, '', /^epaxos: a: /],
      [['cas', 'new', 'x', '--absent'], 0, 'OK\n', /^$/],
      [['cas', 'new', 'x', '--delete'], 0, 'OK\n', /^$/],
      [['append', 'a', 'x'], 0, 'OK\n', /^$/],
      [['put', 'short', '1', '--ttl', '100ms'], 0, 'OK\n', /^$/],
      [['incr', 'n', '-5'], 0, '-5\n', /^$/],
      [['incr', 'a'], 1, '', /^epaxos: a: notANumber: .*\n$/],
      [['keys'], 0, 'a\nn\n', /^$/],
      [['keys', '--json'], 0, '{"ok":true,"value":["a","n"]}\n', /^$/],
      [['getdel', 'n'], 0, '-5\n', /^$/],
      [['getdel', 'n'], 1, '', /^epaxos: n: absent\n$/],
      [['del', 'a'], 0, 'OK\n', /^$/],
      [['del', 'a'], 1, '', /^epaxos: a: absent\n$/],
      [['put', 'k'.repeat(1_025), '1'], 1, '', /^epaxos: tooLarge: .*1024.*\n$/],
    ]
    for (const [args, code, stdout, stderr] of expected) {
      const found = await epaxos(...args)
      expect({ code: found.code, stdout: found.stdout }, args.join(' ')).to.eql({ code, stdout })
      expect(found.stderr, args.join(' ')).to.match(stderr)
      // Its time is over long before it is asked for.
      if (args[1] === 'short') await eventually('it is gone', async () => ((await keyOf('short')) ? undefined : true))
    }
  })

  it('answers a wrong command line with exit code 2 and one line that says what was expected', async () => {
    for (const args of [
      [],
      ['fly'],
      ['serve', '--fly'],
      ['serve', '--id', 'x'],
      ['serve', '--id', '1'],
      ['get'],
      ['put', 'a'],
      ['put', 'a', 'b', 'c'],
      ['get', 'a', '--timeout', 'soon'],
      ['get', 'a', '--timeout', '5'],
      ['get', 'a', '--endpoints', 'nowhere'],
      ['workload', '--mix', 'fly=1'],
      ['workload', '--mix', 'put=1', '--read-share', '1'],
      ['start', '--replicas', '10'],
      ['backup'],
      ['serve', '--id', '1', '--members', '1=ws://127.0.0.1:1', '--data', 'd', '--restore', 'f'],
    ]) {
      const { code, stdout, stderr } = await runCli(args)
      expect({ code, stdout }, args.join(' ')).to.eql({ code: 2, stdout: '' })
      expect(stderr, args.join(' ')).to.match(/^epaxos: [^\n]+\n$/)
    }
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    expect(await runCli(['--version'])).to.include({ code: 0, stdout: `${version}\n` })
    const help = await runCli(['--help'])
    expect(help.code).to.equal(0)
    expect(help.stdout).to.contain('serve').and.contain('workload')
  })

  it('says within the timeout, with exit code 3, that no replica answers', async () => {
    const [port] = await freePorts(1)
    const begun = performance.now()
    const { code, stdout, stderr } = await runCli(['get', 'a', '-t', '500ms', '-e', `ws://127.0.0.1:${port}`])
    expect({ code, stdout }).to.eql({ code: 3, stdout: '' })
    expect(stderr).to.match(/^epaxos: unavailable: .*500 ms.*\n$/)
    // Of these most goes into starting the program, on a loaded machine.
    expect(performance.now() - begun).to.be.lessThan(60_000)
    const json = await runCli(['get', 'a', '--json', '-t', '500ms', '-e', `ws://127.0.0.1:${port}`])
    expect(json.code).to.equal(3)
    expect(JSON.parse(json.stdout)).to.deep.include({ ok: false }).and.have.nested.property('error.code', 'unavailable')
  })

  it('goes to the next endpoint when one is down, and past one that stands still says unknown', async () => {
    const [port] = await freePorts(1)
    const endpoints = [`ws://127.0.0.1:${port}`, ...cluster.endpoints].join(',')
    expect(await runCli(['put', 'a', '1', '-e', endpoints])).to.include({ code: 0, stdout: 'OK\n' })
    process.kill(cluster.pidOf(2), 'SIGSTOP')
    try {
      const frozen = await runCli(['put', 'a', '2', '-t', '1s', '-e', cluster.members.get(2)!])
      expect(frozen.code).to.equal(3)
      expect(frozen.stderr).to.match(/^epaxos: (unknown|unavailable): .*\n$/)
      expect(await runCli(['get', 'a', '-e', cluster.members.get(1)!])).to.include({ code: 0 })
    } finally {
      process.kill(cluster.pidOf(2), 'SIGCONT')
    }
    await cluster.inStep()
  })

  it('shows the status of each replica, down ones too', async () => {
    const [port] = await freePorts(1)
    const endpoints = [...cluster.endpoints, `ws://127.0.0.1:${port}`].join(',')
    const text = await runCli(['status', '-e', endpoints])
    expect(text.code).to.equal(0)
    expect(text.stdout.match(/up, voting/g)).to.have.length(3)
    expect(text.stdout.match(/down/g)).to.have.length(1)
    const reports = JSON.parse((await runCli(['status', '--json', '-e', endpoints])).stdout)
    expect(reports.map((each: { up: boolean }) => each.up)).to.eql([true, true, true, false])
    expect(reports[0].status).to.include({ member: 1, state: 'voting' })
    expect(reports[0].status).to.include.keys('records', 'floor', 'indexKeys', 'sessions')
    expect(text.stdout).to.match(/records +index keys +sessions +checkpoint/)
    expect((await runCli(['status', '-t', '1s', '-e', `ws://127.0.0.1:${port}`])).code).to.equal(3)
  })

  it('drives a workload, records every operation, and measures', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'epaxos-workload-'))
    try {
      const file = join(directory, 'h.jsonl')
      const args = ['workload', '--ops', '500', '--clients', '8', '--keys', '10', '--json', '--history', file]
      const { code, stdout, stderr } = await epaxos(...args)
      expect(code, stderr).to.equal(0)
      expect(JSON.parse(stdout)).to.include({ ok: 500, unknown: 0, fail: 0 })
      // Once more, with what the first run left in the store.
      expect(await epaxos(...args, '--seed', '1')).to.include({ code: 0 })
      expect(await epaxos(...args, '--seed', '1')).to.include({ code: 0 })
      expect(await runCli(['check', file])).to.include({ code: 0 })
      const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1)
      expect(lines).to.have.length(500)
      for (const line of lines) {
        const entry = JSON.parse(line)
        expect(Object.keys(entry)).to.eql(['client', 'op', 'key', 'args', 'result', 'start', 'end', 'status'])
        expect(BigInt(entry.end) >= BigInt(entry.start)).to.equal(true)
      }
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
})

describe('real processes: demo', () => {
  it('prints the same log at three replicas, through kills and restarts, and goes on where it stopped', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'epaxos-demo-'))
    try {
      for (const round of [1, 2]) {
        const { code, stdout, stderr } = await runCli(['demo', '--data', directory, '--interval', '100ms'])
        expect(code, stderr).to.equal(0)
        expect(stderr, `${round}`).to.match(/the first \d+ lines are equal at all three replicas/)
        for (const id of [1, 2, 3]) {
          const places = [...stdout.matchAll(new RegExp(`^ *${id}\\| (\\d+) `, 'gm'))].map(match => Number(match[1]))
          expect(new Set(places).size, 'each place once').to.equal(places.length)
          const file = readFileSync(join(directory, String(id), 'log.txt'), 'utf8')
            .split('\n')
            .slice(0, -1)
          file.forEach((line, at) => {
            expect(line.startsWith(`${at + 1} `), line).to.equal(true)
          })
        }
      }
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  })
})
