import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { eventually } from './real-cluster.ts'
import { root, run, runCli, startCli } from './run-cli.ts'

describe('real processes: the first start', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'epaxos-first-'))
  })
  const ends: (() => void)[] = []
  afterEach(() => {
    for (const end of ends.splice(0)) end()
    rmSync(directory, { recursive: true, force: true })
  })

  const works = async (data: string): Promise<void> => {
    const next = await runCli(['start', '--data', data, '--timeout', '60s'], 'put a 1\nget a\n')
    expect(next, next.stderr).to.include({ code: 0, stdout: 'OK\n1\n' })
  }

  for (const [signal, sign] of [
    ['SIGKILL', 'beginning.json'],
    ['SIGHUP', '1'],
    ['SIGKILL', '1/replica.db'],
  ] as const) {
    it(`leaves nothing that hinders the next when ${signal} ends it at its ${sign} (input 4)`, async () => {
      const data = join(directory, 'data')
      const { child, ended } = startCli(['start', '--data', data])
      ends.push(() => child.kill('SIGKILL'))
      const until = performance.now() + 60_000
      // A beginning does not last long: nothing that waits longer between two looks would see it.
      while (!existsSync(join(data, sign)) && child.exitCode === null && performance.now() < until) await sleep(1)
      child.kill(signal)
      await ended
      await works(data)
    })
  }

  it('leaves nothing that hinders the next when its files cannot be written (input 4)', async () => {
    const data = join(directory, 'data')
    const main = join(root, 'examples/cli/main.ts')
    // The limit stands for a full disk, which would need a file system of its own: a write fails in the middle of a store.
    const limited = ['-c', 'ulimit -f 8; exec "$@"', 'bash', process.execPath, '--import', 'tsx', main]
    const { code, stderr } = await run('bash', [...limited, 'start', '--data', data], '').ended
    expect(code, stderr).to.equal(1)
    expect(stderr).to.match(/epaxos: store/)
    await works(data)
  })

  it('holds its ports: two at the same moment both run (input 5)', async () => {
    const both = ['a', 'b'].map(name => startCli(['start', '--data', join(directory, name), '--timeout', '60s']))
    ends.push(
      ...both.map(
        ({ child }) =>
          () =>
            child.kill('SIGKILL'),
      ),
    )
    const said = both.map(({ child }) => {
      const lines = { text: '' }
      child.stderr!.on('data', data => {
        lines.text += data
      })
      return lines
    })
    await eventually('both run', async () => {
      const ended = both.findIndex(({ child }) => child.exitCode !== null)
      if (ended >= 0) throw new Error(said[ended]!.text)
      return said.every(({ text }) => text.includes('replica 3 listens')) || undefined
    })
    for (const { child } of both) child.stdin!.end('put a 1\nkill 2\nrestart 2\nget a\n')
    for (const { ended } of both) {
      const { code, stdout, stderr } = await ended
      expect({ code, stdout }, stderr).to.deep.equal({ code: 0, stdout: 'OK\nOK\nOK\n1\n' })
    }
    const ports = said.map(({ text }) => [...text.matchAll(/ws:\/\/127\.0\.0\.1:(\d+)/g)].map(match => match[1]))
    expect(new Set(ports.flat()).size).to.equal(ports.flat().length)
  })
})
