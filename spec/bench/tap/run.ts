/** `npm run bench:tap`: what the tap costs a cluster, with nobody who looks and with one who does. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Cluster } from '../../../examples/kv/bench/cluster.ts'
import { startEpaxos } from '../../../examples/kv/bench/epaxos-cluster.ts'
import type { LoadPlan } from '../../../examples/kv/bench/load-plan.ts'
import { LoadProcess } from '../../../examples/kv/bench/load-process.ts'
import { figuresOf, median } from '../../../examples/kv/bench/results.ts'

if (process.argv.includes('--help')) {
  console.log(
    'npm run bench:tap -- [--rounds 9] [--seconds 4] [--in-flight 256] [--replicas 3] [--json]\n\n' +
      'Throughput with the tap off, on, and with one viewer that receives and discards, in interleaved rounds.\n' +
      'Exit code: 0; 1 below 0.97 (on) or 0.85 (viewed) of off.',
  )
  process.exit(0)
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    seconds: { type: 'string', default: '4' },
    'in-flight': { type: 'string', default: '256' },
    replicas: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
})
const rounds = Number(values.rounds)

const plan: LoadPlan = {
  pace: { kind: 'closed', inFlight: Number(values['in-flight']), pipelined: true },
  keys: { kind: 'uniform', keys: 1_000 },
  conflictShare: 0,
  readShare: 0,
  valueBytes: 16,
  warmUpMs: 1_000,
  measureMs: Number(values.seconds) * 1_000,
  seed: 1,
}

/** What a run comes to: operations a second, and processor time an operation, of all servers. */
interface Figure {
  readonly throughput: number
  readonly serverUs: number
}
/** `off`: nobody can look. `on`: somebody could. `viewed`: somebody does. */
type Way = 'off' | 'on' | 'viewed'
const orders: readonly (readonly Way[])[] = [
  ['off', 'on', 'viewed'],
  ['viewed', 'on', 'off'],
]

async function look(cluster: Cluster): Promise<ChildProcess> {
  const { address } = cluster
  if (address.kind !== 'epaxos') throw new Error('a cluster of epaxos was expected')
  const viewer = fork(fileURLToPath(new URL('./viewer.ts', import.meta.url)), [...address.endpoints], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
  })
  await once(viewer, 'message')
  return viewer
}

/** @returns the bytes that it was told */
async function endLook(viewer: ChildProcess): Promise<number> {
  const told = once(viewer, 'message')
  const ended = once(viewer, 'exit')
  viewer.send('end')
  const [bytes] = (await told) as [number]
  await ended
  return bytes
}

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'epaxos-tap-'))
  const closing: (() => Promise<void>)[] = []
  const start = async (name: string, serveFlags: readonly string[]) => {
    const cluster = await startEpaxos({
      replicas: Number(values.replicas),
      directory: join(directory, name),
      config: undefined,
      sessions: true,
      cpuProf: undefined,
      serveFlags,
      note: line => process.stderr.write(`${line}\n`),
      failed: error => {
        throw error
      },
    })
    const load = new LoadProcess()
    closing.push(
      () => load.stop(),
      () => cluster.stop(),
    )
    return { cluster, load }
  }
  try {
    const off = await start('off', ['--no-tap'])
    const on = await start('on', [])
    const figures: { [way in Way]: Figure[] } = { off: [], on: [], viewed: [] }
    let bytesASecond = 0
    const run = async (way: Way, round: number): Promise<void> => {
      const { cluster, load } = way === 'off' ? off : on
      const viewer = way === 'viewed' ? await look(cluster) : undefined
      const request = { plan: { ...plan, seed: round }, address: cluster.address, servers: cluster.pids }
      const { throughput, serverUs } = figuresOf(await load.run(request, new AbortController().signal))
      if (viewer !== undefined) bytesASecond = (await endLook(viewer)) / (plan.measureMs + plan.warmUpMs) / 1_000
      figures[way].push({ throughput, serverUs: serverUs ?? Number.NaN })
      process.stderr.write(
        `round ${round} of ${rounds}, ${way}: ${Math.round(throughput)}/s, ${serverUs?.toFixed(1)} us\n`,
      )
    }
    for (let round = 1; round <= rounds; round++) for (const way of orders[round % 2]!) await run(way, round)

    const ratio = (way: Way) =>
      median(figures[way].map(({ throughput }, at) => throughput / figures.off[at]!.throughput))
    const rows = (['off', 'on', 'viewed'] as const).map(way => ({
      way,
      throughput: Math.round(median(figures[way].map(each => each.throughput))),
      serverUs: Number(median(figures[way].map(each => each.serverUs)).toFixed(1)),
      ratio: Number(ratio(way).toFixed(3)),
    }))
    const isFine = rows[1]!.ratio >= 0.97 && rows[2]!.ratio >= 0.85
    if (values.json) console.log(JSON.stringify({ rounds, plan, rows, viewerMBASecond: bytesASecond }))
    else {
      console.log(`tap     operations/s  servers us/op  ratio to off (median of ${rounds} interleaved pairs)`)
      for (const { way, throughput, serverUs, ratio: to } of rows)
        console.log(`${way.padEnd(7)} ${String(throughput).padStart(12)}  ${String(serverUs).padStart(13)}  ${to}`)
      console.log(`the viewer was told ${bytesASecond.toFixed(2)} MB a second by all replicas together`)
    }
    if (!isFine) {
      console.error('expected at least 0.97 with nobody who looks, and 0.85 with one who does')
      process.exitCode = 1
    }
  } finally {
    for (const close of closing) await close()
    rmSync(directory, { recursive: true, force: true })
  }
}

await main()
