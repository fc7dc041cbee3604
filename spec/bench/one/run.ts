/**
 * `npm run bench:one`: where the wait of one command goes. One client puts one value after another at the first of three
 * replicas, real processes on loopback, each of which notes its moments on the clock that they share.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connectKv } from '../../../examples/kv/connect.ts'
import { freePorts } from '../../cluster/real-cluster.ts'
import { parseFlags, UsageError, whole } from '../../support/parse-args.ts'
import { type Mark, nowUs } from './marks.ts'
import { type Seen, stagesOf, summaryOf } from './stages.ts'

const usage = `npm run bench:one -- [--commands 3000] [--warm-up 1000] [--value-bytes 64] [--json]

Puts values one after another, and prints where the wait of each goes: medians and p99 of its parts.

  --commands N     that are measured (3000)
  --warm-up N      before them (1000)
  --value-bytes N  size of a value (64)
  --json           print JSON
  --help           this text

Exit code: 0 it was measured; 1 something failed; 2 usage; 130 Ctrl-C.`

const directory = mkdtempSync(join(tmpdir(), 'epaxos-one-'))
const replicas: ChildProcess[] = []
const program = fileURLToPath(new URL('./replica.ts', import.meta.url))

async function start(endpoints: readonly string[]): Promise<void> {
  await Promise.all(
    endpoints.map(async (_, at) => {
      const args = [`${at + 1}`, endpoints.join(), join(directory, `${at + 1}`)]
      const replica = fork(program, args, { execArgv: ['--import', 'tsx'] })
      replicas.push(replica)
      const [said] = await Promise.race([once(replica, 'message'), once(replica, 'exit')])
      if (said !== 'ready') throw new Error(`replica ${at + 1} does not start: it ended with ${said}`)
    }),
  )
}

const marksOf = (): Promise<readonly (readonly Mark[])[]> =>
  Promise.all(
    replicas.map(async replica => {
      replica.send('marks')
      const [marks] = await once(replica, 'message')
      return marks as readonly Mark[]
    }),
  )

async function measure(): Promise<void> {
  const flags = parseFlags(process.argv.slice(2), {
    commands: { type: 'string', default: '3000' },
    'warm-up': { type: 'string', default: '1000' },
    'value-bytes': { type: 'string', default: '64' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  })
  if (flags.help) {
    console.log(usage)
    return
  }
  const commands = whole('--commands', flags.commands, 1)
  const warmUp = whole('--warm-up', flags['warm-up'], 0)
  const value = 'v'.repeat(whole('--value-bytes', flags['value-bytes'], 0))
  const endpoints = (await freePorts(3)).map(port => `ws://127.0.0.1:${port}`)
  await start(endpoints)
  const client = connectKv({ endpoints: endpoints.slice(0, 1) })
  for (let count = 0; count < warmUp; count++) await client.put('key', value)
  await marksOf()
  const seen: Seen[] = []
  for (let count = 0; count < commands; count++) {
    const sentUs = nowUs()
    await client.put('key', value)
    seen.push({ sentUs, answeredUs: nowUs() })
  }
  const summary = summaryOf(stagesOf(await marksOf(), seen))
  client.close()
  if (flags.json) {
    console.log(JSON.stringify(summary))
    return
  }
  const line = (name: string, { p50, p99 }: { p50: number; p99: number }) =>
    console.log(`${name.padEnd(54)} ${p50.toFixed(0).padStart(8)} ${p99.toFixed(0).padStart(8)}`)
  console.log(`${summary.commands} of ${commands} commands went the ordinary way`)
  console.log(`${'us'.padEnd(54)} ${'p50'.padStart(8)} ${'p99'.padStart(8)}`)
  for (const stage of summary.stages) line(stage.name, stage)
  line('the whole wait', summary.whole)
}

/** Ends what was started, and leaves nothing. */
function end(code: number): never {
  for (const replica of replicas) replica.kill('SIGKILL')
  rmSync(directory, { recursive: true, force: true })
  process.exit(code)
}

process.once('SIGINT', () => end(130))
measure().then(
  () => end(0),
  error => {
    console.error(error instanceof UsageError ? error.message : error)
    end(error instanceof UsageError ? 2 : 1)
  },
)
