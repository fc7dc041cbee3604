import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { openTrace } from '../../../examples/debugger/trace/read-trace.ts'
import { runCli, startCli } from '../../cluster/run-cli.ts'

describe('command line: debug', () => {
  let directory = ''
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'epaxos-debug-'))
  })
  after(() => rmSync(directory, { recursive: true }))

  it('has exit code 2 for a wrong command line, and says what was expected', async () => {
    for (const [args, expected] of [
      [[], 'expected one of: a trace, --endpoints, --seed, --scenario'],
      [['trace.jsonl', '--seed', '1'], 'expected one of'],
      [['--scenario', 'Z9'], 'there is no scenario Z9: fast, conflict, cycle, crash, quorum, N, V, G, D1, D2, L2, X1'],
      [['--seed', '1', '--interventions', '{}'], 'expected a list'],
      [['--hours', '1', '--scenario', 'N'], 'need --seed'],
      [['--seed', '1', '--at', 'noon'], 'expected violation, end, or a number'],
    ] as const) {
      const { code, stderr } = await runCli(['debug', ...args])
      expect(code, stderr).to.equal(2)
      expect(stderr).to.include(expected)
    }
  })

  it('has exit code 1 for what is not there, or no trace', async () => {
    expect(await runCli(['debug', join(directory, 'nothing.jsonl')])).to.include({ code: 1 })
    const { code, stderr } = await runCli(['debug', 'package.json'])
    expect(code).to.equal(1)
    expect(stderr).to.match(/traceDamaged: line 1 is not/)
  })

  it('input 35: has exit code 1 with words when nobody is there to look at', async () => {
    const { code, stderr } = await runCli(['debug', '--endpoints', 'ws://127.0.0.1:1', '--no-open'])
    expect(code, stderr).to.equal(1)
    expect(stderr).to.match(/no replica lets anybody look: ws:\/\/127\.0\.0\.1:1: .*ECONNREFUSED/)
    expect(stderr.trim().split('\n'), 'one line of what happens, and one of the end').to.have.length(2)
  })

  it('records a world, and serves the recording until it is stopped', async () => {
    const file = join(directory, 'world.jsonl.gz')
    const recorded = await runCli(['debug', '--seed', '4', '--record', file])
    expect(recorded.code, recorded.stderr).to.equal(0)
    expect(recorded.stdout).to.match(
      /^\d+ events in .*world\.jsonl\.gz\nnpm run -s epaxos -- debug .*world\.jsonl\.gz\n$/,
    )
    const { header } = await openTrace(file)
    expect(header).to.include({ source: 'world', seed: 4, values: 'masked' })

    const { child, ended } = startCli(['debug', file, '--no-open', '--at', '17'])
    const [line] = await once(child.stdout!, 'data')
    const [, url] = /^the debugger: (http:\/\/127\.0\.0\.1:\d+\/)#cursor=17\n$/.exec(String(line))!
    const [response] = await once(get(url!), 'response')
    expect(response.headers['content-security-policy']).to.include("default-src 'none'")
    response.resume()
    child.kill('SIGINT')
    expect((await ended).code).to.equal(0)
  })

  it('names the scenarios, and records one', async () => {
    const { stdout } = await runCli(['debug', '--scenario', 'list'])
    expect(stdout.match(/^\S+/gm)).to.deep.equal('fast conflict cycle crash quorum N V G D1 D2 L2 X1'.split(' '))
    const file = join(directory, 'n.jsonl')
    expect((await runCli(['debug', '--scenario', 'n', '--record', file])).code).to.equal(0)
    const { header, events } = await openTrace(file)
    expect(header.source).to.equal('scenario')
    let captions = 0
    for await (const { kind } of events) if (kind === 'caption') captions++
    expect(captions).to.be.above(4)
  })
})
