import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { eventually, freePorts } from './real-cluster.ts'
import { type Ended, isAlive, run, runCli, startCli } from './run-cli.ts'

describe('real processes: start', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'epaxos-start-'))
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))

  const npmStart = (input: string): Promise<Ended> =>
    run('npm', ['start', '-s', '--', '--timeout', '60s', '--data', join(directory, 'data')], input).ended

  it('answers lines of standard input, one line each, and finds them again', async () => {
    const first = await npmStart('put a 1\nget a\nincr n\nincr n\nget n\n')
    expect(first, first.stderr).to.include({ code: 0, stdout: 'OK\n1\n1\n2\n2\n' })
    const second = await npmStart('put a 1\nget a\nincr n\nincr n\nget n\n')
    expect(second, second.stderr).to.include({ code: 0, stdout: 'OK\n1\n3\n4\n4\n' })
  })

  it('finds by its data how many replicas it has, and says when they have stopped', async () => {
    const data = join(directory, 'data')
    const first = await runCli(['start', '--data', data, '-n', '4'], 'put a 1\n')
    expect(first, first.stderr).to.include({ code: 0, stdout: 'OK\n' })
    expect(first.stderr).to.contain('4 replicas survive no more failures than 3')
    const second = await runCli(['start', '--data', data, '--verbose'], 'get a\n')
    expect(second, second.stderr).to.include({ code: 0, stdout: '1\n' })
    expect(second.stderr).to.contain('[4] replica 4 has stopped')
  })

  it('answers every line, errors too, through kill and restart', async () => {
    const lines = [
      ['put a "x y"', 'OK'],
      ['kill 1', 'OK'],
      ['get a', 'x y'],
      ['get b', '(absent)'],
      ['incr a', 'ERROR notANumber: .*'],
      ['cas a "x y" z', 'OK'],
      ['cas a "x y" z', '\\(.*\\)'],
      ['append a !', 'OK'],
      ['keys', 'a'],
      ['kill 1', 'ERROR .*does not run'],
      ['restart 1', 'OK'],
      ['kill 2', 'OK'],
      ['get a', 'z!'],
      ['fly', "ERROR 'fly' is no command.*"],
      ['del a', 'OK'],
      ['del a', '(absent)'],
      ['status', '1 up, .*; 2 down; 3 up, .*'],
      ['exit', undefined],
      ['get a', undefined],
    ] as const
    const { code, stdout, stderr } = await npmStart(lines.map(([line]) => `${line}\n`).join(''))
    const answers = stdout.split('\n').slice(0, -1)
    const expected = lines.flatMap(([, answer]) => (answer === undefined ? [] : [answer]))
    expect(answers.length, stdout + stderr).to.equal(expected.length)
    answers.forEach((answer, at) => {
      const pattern = expected[at]!
      if (answer !== pattern) expect(answer, lines[at]![0]).to.match(new RegExp(`^${pattern}$`))
    })
    expect(code).to.equal(0)
  })

  it('refuses a cluster of which one directory is gone', async () => {
    await npmStart('put a 1\n')
    rmSync(join(directory, 'data', '2'), { recursive: true })
    const { code, stdout, stderr } = await npmStart('get a\n')
    expect(code).to.equal(1)
    expect(stdout).to.equal('')
    expect(stderr).to.contain('storeEmpty').and.contain('lost its disk')
  })

  it('says which port is in use', async () => {
    const [port] = await freePorts(1)
    const blocker = startCli(['start', '-n', '1', '--base-port', `${port}`, '--data', join(directory, 'other')])
    let said = ''
    blocker.child.stderr!.on('data', data => {
      said += data
    })
    try {
      // It says so itself: a look at the port would take it for a moment, and the one that starts would find it in use.
      await eventually('the port is taken', async () => {
        if (blocker.child.exitCode !== null) throw new Error(`what should take the port has ended: ${said}`)
        return said.includes(`replica 1 listens at ws://127.0.0.1:${port}`) || undefined
      })
      const args = ['start', '--base-port', `${port}`, '--data', join(directory, 'data')]
      const { code, stderr } = await runCli(args)
      expect(code).to.equal(1)
      expect(stderr).to.match(new RegExp(`^epaxos: port ${port}.* in use`))
    } finally {
      blocker.child.stdin!.end()
      const { code, stderr } = await blocker.ended
      expect(code, stderr).to.equal(0)
    }
  })

  it('leaves no replica behind when it is killed', async () => {
    const { child, ended } = startCli(['start', '--data', join(directory, 'data'), '--verbose'])
    let output = ''
    child.stderr!.on('data', data => {
      output += data
    })
    const pids = await eventually('three replicas', async () => {
      const found = [...output.matchAll(/pid (\d+)/g)].map(match => Number(match[1]))
      return found.length === 3 ? found : undefined
    })
    expect(pids.every(isAlive)).to.equal(true)
    child.kill('SIGKILL')
    await ended
    await eventually('they end', async () => (pids.some(isAlive) ? undefined : true))
  })

  it('ends its replicas and exits with 130 on SIGINT', async () => {
    const { child, ended } = startCli(['start', '--data', join(directory, 'data')])
    let output = ''
    child.stderr!.on('data', data => {
      output += data
    })
    const pids = await eventually('three replicas', async () => {
      const found = [...output.matchAll(/pid (\d+)/g)].map(match => Number(match[1]))
      return found.length === 3 ? found : undefined
    })
    child.kill('SIGINT')
    expect((await ended).code).to.equal(130)
    expect(pids.some(isAlive)).to.equal(false)
  })
})
