import { once } from 'node:events'
import { expect } from 'chai'
import { run, runCli, startCli } from '../../cluster/run-cli.ts'

describe('command line: sim', () => {
  it('tells the seeds that it ran, by themselves and as JSON, and hashes of one as of many', async () => {
    const { code, stdout } = await runCli(['sim', '--seeds', '3..4', '--hashes'])
    expect(code).to.equal(0)
    expect(stdout).to.match(/^seeds +3\.\.4$/m)
    const one = JSON.parse((await runCli(['sim', '--seed', '4', '--hashes', '--json'])).stdout)
    expect(one).to.deep.include({ seeds: { from: 4, to: 4 }, interrupted: false, runs: 1 })
    expect(stdout).to.contain(`4 ${one.hashes[4]}`)
  })

  it('refuses flags that contradict each other', async () => {
    for (const args of [
      ['--seed', '1', '--seeds', '1..3'],
      ['--seed', '1', '--minutes', '1'],
      ['--seed', '1', '--trace', '--json'],
      ['--seed', '1', '--trace', '--hashes'],
      ['--seed', '1', '--hours', '1', '--biased'],
      ['--seeds', '1..2', '--trace'],
      ['--seeds', '1..2..3'],
      ['--seeds', '..2'],
    ]) {
      const { code, stdout, stderr } = await runCli(['sim', ...args])
      expect({ code, stdout }, args.join(' ')).to.eql({ code: 2, stdout: '' })
      expect(stderr, args.join(' ')).to.match(/^epaxos: [^\n]+\n$/)
    }
  })

  it('says at Ctrl-C what it found so far, that it was interrupted, and where it began: by the time of day', async () => {
    const { child, ended } = startCli(['sim', '--minutes', '10', '--json'], '')
    await once(child.stderr!, 'data')
    child.kill('SIGINT')
    const { code, stdout, stderr } = await ended
    expect(code, stderr).to.equal(130)
    expect(stderr).to.match(/\nepaxos: interrupted\n$/)
    const { interrupted, runs, seeds } = JSON.parse(stdout)
    expect(interrupted).to.equal(true)
    expect(seeds.to - seeds.from + 1).to.equal(runs)
    expect(seeds.from).to.be.above(Date.UTC(2020))
  })

  it('does not wait for worlds under way at SIGTERM', async () => {
    const { child, ended } = startCli(['sim', '--minutes', '10'], '')
    await once(child.stderr!, 'data')
    child.kill('SIGTERM')
    const { code, stdout } = await ended
    expect(code).to.equal(130)
    expect(stdout).to.match(/\ninterrupted\n$/)
  })

  it('does not wait for a long life at Ctrl-C', async () => {
    const { child, ended } = startCli(['sim', '--seed', '1', '--hours', '1000'], '')
    await once(child.stderr!, 'data')
    child.kill('SIGINT')
    const { code, stdout, stderr } = await ended
    expect(code, stderr).to.equal(130)
    expect(stdout).to.match(/\ninterrupted\n$/)
  })
})

describe('command line: mutants', () => {
  const start = (...args: readonly string[]) =>
    run(process.execPath, ['--import', 'tsx', 'spec/mutants/run.ts', ...args], '')

  it('has exit code 2 for a wrong command line', async () => {
    for (const args of [['--fly'], ['--seeds', 'x'], ['--only', 'nothing']])
      expect(await start(...args).ended, args.join(' ')).to.include({ code: 2, stdout: '' })
  })

  it('says at Ctrl-C that it was interrupted, with exit code 130', async () => {
    const { child, ended } = start('--only', 'B9')
    await once(child.stderr!, 'data')
    child.kill('SIGINT')
    const { code, stderr } = await ended
    expect(code, stderr).to.equal(130)
    expect(stderr).to.match(/\ninterrupted\n$/)
  })
})
