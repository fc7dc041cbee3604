import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { RealCluster } from './real-cluster.ts'
import { type Ended, root, run, runCli } from './run-cli.ts'

describe('real processes: keys and values of the command line', () => {
  let cluster: RealCluster
  before(async () => {
    cluster = await RealCluster.create()
    await cluster.startAll('--bootstrap')
  })
  after(() => cluster.dispose())

  const flags = () => ['--timeout', '60s', '--endpoints', cluster.endpoints.join(',')]
  /** Flags come first: after `--` there are values alone. */
  const epaxos = ([command, ...words]: readonly string[], input?: string): Promise<Ended> =>
    runCli([command!, ...flags(), ...words], input)
  const done = { code: 0, stdout: 'OK\n', stderr: '' }

  it('input 17: values come from standard input, from a file, or stand for themselves after --', async () => {
    const file = join(cluster.directory, 'value')
    writeFileSync(file, 'from a file\n')
    for (const [words, input, value] of [
      [['put', 'k', '-'], 'two\nlines\n', 'two\nlines\n'],
      [['put', 'k', '--file', file], '', 'from a file\n'],
      [['put', '--', 'k', '-'], 'not read', '-'],
      [['append', 'k', '-'], '!', '-!'],
      [['cas', 'k', '-', '--file', file], '-!', 'from a file\n'],
      [['put', '--', 'k', '--absent'], '', '--absent'],
      [['cas', '--', 'k', '--absent', '--ttl'], '', '--ttl'],
      [['put', 'k', 'v', '--ttl', '1h'], '', 'v'],
    ] as const) {
      expect(await epaxos(words, input), words.join(' ')).to.deep.include(done)
      expect(await epaxos(['get', 'k']), words.join(' ')).to.include({ code: 0, stdout: `${value}\n` })
    }
  })

  it('input 17: what is no UTF-8 is refused, and nothing is changed', async () => {
    const file = join(cluster.directory, 'bytes')
    writeFileSync(file, Buffer.from('caf\xe9', 'latin1'))
    expect(await epaxos(['put', 'caf', 'before'])).to.deep.include(done)
    const refused = await epaxos(['put', 'caf', '--file', file])
    expect(refused).to.include({ code: 2, stdout: '' })
    expect(refused.stderr).to.match(/^epaxos: --file [^\n]* is no UTF-8 \(byte 3 of 4\)[^\n]*\n$/)
    // A shell gives the byte, as a user's does: Node alone cannot.
    const main = join(root, 'examples/cli/main.ts')
    const line = `exec "$0" --import tsx "$1" put caf "$(printf 'caf\\351')" ${flags().join(' ')}`
    const typed = await run('/bin/sh', ['-c', line, process.execPath, main], '').ended
    expect(typed).to.include({ code: 2, stdout: '' })
    expect(typed.stderr).to.match(/^epaxos: an argument is no UTF-8[^\n]*\n$/)
    expect(await epaxos(['get', 'caf'])).to.include({ stdout: 'before\n' })
  })

  it('input 17: a key is printed in one line that harms no terminal; endpoints may be empty, or one comma too many', async () => {
    const client = cluster.connect()
    for (const key of ['odd:\u001b[2J', 'odd:a\nb', 'odd:plain']) await client.put(key, '')
    client.close()
    const lines = ['"odd:\\u001b[2J"', '"odd:a\\nb"', 'odd:plain']
    expect((await epaxos(['keys', 'odd:'])).stdout.split('\n').slice(0, -1)).to.have.members(lines)
    const absent = await epaxos(['get', 'odd:\u001b[2K'])
    expect(absent.stderr).to.equal('epaxos: "odd:\\u001b[2K": absent\n')
    const env = { ...process.env, EPAXOS_ENDPOINTS: `${cluster.endpoints.join(',')},` }
    expect(await runCli(['get', 'odd:plain', '-t', '60s'], '', env)).to.include({ code: 0, stdout: '\n' })
    // Nobody says where the replicas are: they are looked for where `start` has them, and there may be some.
    const empty = await runCli(['get', 'odd:plain', '-t', '300ms'], '', { ...process.env, EPAXOS_ENDPOINTS: '' })
    expect(empty.code, empty.stderr).to.not.equal(2)
  })

  it('input 16: keys of any number come in order, page by page, or as many as one asks for', async () => {
    const client = cluster.connect()
    const all = Array.from({ length: 30_000 }, (_, at) => `many:${String(at).padStart(40, '0')}`)
    for (let at = 0; at < all.length; at += 5_000)
      await Promise.all(all.slice(at, at + 5_000).map(key => client.put(key, '')))
    const wrong = await client.keys('many:').catch((error: Error) => error)
    expect(wrong, 'they do not fit in one answer').to.have.property('code', 'tooLarge')
    client.close()
    const { code, stdout, stderr } = await epaxos(['keys', 'many:'])
    expect({ code, stderr }).to.eql({ code: 0, stderr: '' })
    expect(stdout === all.map(key => `${key}\n`).join('')).to.equal(true)
    const some = await epaxos(['keys', 'many:', '--after', all[1]!, '--limit', '2'])
    expect(some).to.deep.include({ code: 0, stdout: `${all[2]}\n${all[3]}\n` })
    expect(some.stderr).to.equal(`epaxos: there are more keys: --from "${all[4]}"\n`)
    const range = await epaxos(['keys', '--stale', '--json', '--from', all[7]!, '--to', all[9]!])
    expect(JSON.parse(range.stdout)).to.eql({ ok: true, value: [all[7], all[8]] })
    expect(await epaxos(['keys', '--from', 'a', '--after', 'b'])).to.include({ code: 2, stdout: '' })
    expect(readFileSync('/proc/self/cmdline').length, 'the system shows command lines').to.be.above(0)
  })
})
