import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { eventually, freePorts } from './real-cluster.ts'
import { root, run, runCli } from './run-cli.ts'

const main = join(root, 'examples/cli/main.ts')
const full = '/dev/full'

describe('real processes: a replica outlives its readers (input 13)', () => {
  let directory: string
  let child: ChildProcess | undefined
  let port: number
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'epaxos-readers-'))
    port = (await freePorts(1))[0]!
  })
  afterEach(async () => {
    if (child?.exitCode === null) {
      child.kill('SIGKILL')
      await once(child, 'close')
    }
    rmSync(directory, { recursive: true, force: true })
  })

  const serveArgs = (): readonly string[] => [
    ...['--import', 'tsx', main, 'serve', '--id', '1', '--members', `1=ws://127.0.0.1:${port}`],
    ...['--data', join(directory, 'data'), '--bootstrap'],
  ]
  const endpoint = (): string => `ws://127.0.0.1:${port}`
  const isUp = (): Promise<unknown> =>
    eventually('it serves', async () => {
      if (child!.exitCode !== null) throw new Error(`it ended with exit code ${child!.exitCode}`)
      const { code } = await runCli(['get', 'a', '--endpoints', endpoint(), '--timeout', '5s'])
      return code === 1 || undefined
    })

  /** Each of them is a line of the replica's log. */
  async function makeItSayLines(count: number): Promise<void> {
    for (let at = 0; at < count; at++) {
      const socket = createConnection({ host: '127.0.0.1', port })
      socket.on('error', () => {})
      socket.end('GET /client HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n')
      socket.resume()
      await once(socket, 'close')
    }
  }

  async function goesOnAndEndsInOrder(): Promise<void> {
    await makeItSayLines(20)
    const put = await runCli(['put', 'a', '1', '--endpoints', endpoint(), '--timeout', '60s'])
    expect(put, put.stderr).to.include({ code: 0 })
    child!.kill('SIGTERM')
    const [code, signal] = await once(child!, 'close')
    expect({ code, signal }).to.deep.equal({ code: 0, signal: null })
  }

  it('goes on when nobody reads standard output and standard error any more', async () => {
    child = spawn(process.execPath, serveArgs(), { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    await isUp()
    child.stdout!.destroy()
    child.stderr!.destroy()
    await goesOnAndEndsInOrder()
  })

  it('goes on when the disk of its log and of its events is full', async function () {
    if (!existsSync(full)) this.skip()
    const disk = openSync(full, 'w')
    const args = [...serveArgs(), '--events', '3']
    child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', disk, disk, disk] })
    closeSync(disk)
    await isUp()
    await goesOnAndEndsInOrder()
  })

  it('goes on when its terminal goes away', async () => {
    child = spawn(process.execPath, serveArgs(), { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    await isUp()
    child.kill('SIGHUP')
    child.stdout!.destroy()
    child.stderr!.destroy()
    await goesOnAndEndsInOrder()
  })

  it('answers, and an answer that cannot be written is one line of error and an exit code (input 17)', async function () {
    if (!existsSync(full)) this.skip()
    child = spawn(process.execPath, serveArgs(), { cwd: root, stdio: ['ignore', 'ignore', 'ignore'] })
    await isUp()
    for (const args of [['status'], ['status', '--json'], ['keys', '--json'], ['put', 'a', '1']]) {
      const asked = [...args, '--endpoints', endpoint(), '--timeout', '60s']
      const program = ['-c', 'exec "$@" >/dev/full', 'sh', process.execPath, '--import', 'tsx', main, ...asked]
      const { code, stderr } = await run('sh', program, '').ended
      expect(code, stderr).to.equal(1)
      expect(stderr).to.match(/^epaxos: standard output: .*ENOSPC.*\n$/)
    }
  })

  it('goes on when its terminal takes no more lines', async function () {
    const quoted = [process.execPath, ...serveArgs()].map(word => `'${word}'`).join(' ')
    child = spawn('script', ['-qec', quoted, '/dev/null'], { cwd: root, stdio: ['pipe', 'pipe', 'pipe'] })
    const [started] = await Promise.race([
      once(child, 'spawn').then(() => [true]),
      once(child, 'error').then(() => [false]),
    ])
    if (!started) {
      child = undefined
      this.skip()
    }
    await isUp()
    // Nobody empties the terminal any more. What it holds by itself is full soon.
    child.kill('SIGSTOP')
    try {
      await makeItSayLines(2_000)
      const put = await runCli(['put', 'a', '1', '--endpoints', endpoint(), '--timeout', '60s'])
      expect(put, put.stderr).to.include({ code: 0 })
    } finally {
      child.kill('SIGCONT')
      child.kill('SIGTERM')
    }
    await once(child, 'close')
  })

  it('start goes on, and its replicas, when nobody reads it', async () => {
    const data = join(directory, 'data')
    const args = ['--import', 'tsx', main, 'start', '--data', data, '--timeout', '60s', '--verbose']
    child = spawn(process.execPath, args, { cwd: root, stdio: ['pipe', 'pipe', 'pipe'] })
    child.stdout!.destroy()
    child.stderr!.destroy()
    child.stdin!.end('put a 1\nput b 2\nkill 2\nrestart 2\nput c 3\n')
    const [code] = await once(child, 'close')
    expect(code).to.equal(0)
    const keys = await runCli(['start', '--data', data, '--timeout', '60s'], 'keys\n')
    expect(keys, keys.stderr).to.include({ code: 0, stdout: 'a b c\n' })
  })
})

describe('real processes: an answer that cannot be written (input 17)', () => {
  for (const args of [['debug', '--scenario', 'list'], ['chart'], ['check', '--help']]) {
    it(`is one line of error and an exit code: ${args[0]}`, async function () {
      if (!existsSync(full)) this.skip()
      const program = ['-c', 'exec "$@" >/dev/full', 'sh', process.execPath, '--import', 'tsx', main, ...args]
      const { code, stderr } = await run('sh', program, '').ended
      const lines = stderr.split('\n').filter(line => line !== '' && !line.startsWith('epaxos: ws://'))
      expect(code, stderr).to.equal(1)
      expect(lines).to.have.length(1)
      expect(lines[0]).to.match(/^epaxos: standard output: .*ENOSPC/)
    })
  }

  it('is no error when the reader has read enough', async () => {
    const program = ['-c', '"$@" | head -n 1', 'sh', process.execPath, '--import', 'tsx', main, 'chart']
    const { code, stderr } = await run('sh', program, '').ended
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' })
  })
})
