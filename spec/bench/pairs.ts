/**
 * `npm run bench:pairs -- --before DIR`: two builds of this program side by side, in interleaved pairs. Each round has a new
 * cluster of each, of real processes on loopback; they are loaded in turns, A B B A, so that what the machine does meanwhile meets
 * both. The ratios of the pairs count, not the figures. A cluster is new in each round because its luck lasts as long as it does:
 * two clusters of one build differed by a fifth at 64 clients. They start in turns too: of two clusters of one build, the one that
 * always started second had 0.96 of the throughput of the other. The same build given twice tells what the method itself makes.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { parseFlags, UsageError, whole } from '../support/parse-args.ts'

const usage = `npm run bench:pairs -- --before DIR [--after DIR] [--clients 1,64,256,1000] [--rounds 8] [--seconds 3] [--warm-up 6]
       [--connections each] [--value-bytes 1024]

Loads a cluster of each of two builds in turns, and compares throughput and the servers' processor time an operation.

  --before DIR     a checkout that is built (npm run build)
  --after DIR      another one (this one)
  --clients LIST   closed loops (1,64,256,1000)
  --connections W  shared: one to each replica; each: one for each client (shared)
  --value-bytes N  size of a value (64)
  --rounds N       pairs for each number of clients (8)
  --seconds S      measured, of each load (3)
  --warm-up S      of each cluster, before it is measured (6)
  --before-env K=V, --after-env K=V   for the servers of one of them: to compare two settings of one build
  --own-clients    each build is loaded by its own clients: for builds of which one does not know the other's protocol
  --json           print JSON
  --help           this text

Exit code: 0 it was measured; 1 something failed; 2 usage; 130 Ctrl-C.`

const run = promisify(execFile)
const ticksPerSecond = 100

interface Build {
  readonly name: 'before' | 'after'
  readonly program: string
  readonly env: NodeJS.ProcessEnv
}

interface Cluster extends Build {
  readonly endpoints: string
  readonly servers: readonly ChildProcess[]
}

interface Load {
  readonly throughput: number
  readonly p50: number
  readonly p99: number
  /** Of all servers, us an operation. */
  readonly serversUs: number
}

interface Workload {
  readonly connections: string
  readonly valueBytes: number
}

type Pair = Readonly<Record<Build['name'], Load>>

const started: ChildProcess[] = []
const data = mkdtempSync(join(tmpdir(), 'epaxos-pairs-'))

/** A port that is free now. */
const freePort = (): Promise<number> =>
  new Promise((done, failed) => {
    const server = createServer()
    server.once('error', failed)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

function buildAt(name: Build['name'], folder: string, env: string | undefined): Build {
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const [key, value] = env === undefined ? [] : env.split('=')
  return {
    name,
    program: resolve(folder, bin.epaxos),
    env: key === undefined ? process.env : { ...process.env, [key]: value },
  }
}

async function start(build: Build, round: number): Promise<Cluster> {
  const ports = await Promise.all([freePort(), freePort(), freePort()])
  const members = ports.map((port, at) => `${at + 1}=ws://127.0.0.1:${port}`).join(',')
  const servers = ports.map((_, at) => {
    const folder = join(data, `${build.name}-${round}`, `${at + 1}`)
    const args = ['serve', '--id', `${at + 1}`, '--members', members, '--data', folder, '--bootstrap']
    const server = spawn(process.execPath, [build.program, ...args], { stdio: 'ignore', env: build.env })
    started.push(server)
    return server
  })
  const endpoints = ports.map(port => `ws://127.0.0.1:${port}`).join(',')
  // A linearizable read is answered once a quorum votes.
  for (let tries = 0; ; tries++) {
    const answered = await run(process.execPath, [build.program, 'get', 'x', '--endpoints', endpoints]).then(
      () => true,
      // Absent: it was answered.
      error => error.code === 1,
    )
    if (answered) return { ...build, endpoints, servers }
    if (tries === 20) throw new Error(`${build.name}: no replica of ${build.program} answers`)
  }
}

/** Ends its servers, by the processes that were started. */
const stop = ({ servers }: Cluster): Promise<unknown> =>
  Promise.all(
    servers.map(server => {
      const ended = once(server, 'exit')
      server.kill('SIGKILL')
      return ended
    }),
  )

/** Processor time of all servers since their start, us. */
const processorUs = ({ servers }: Cluster): number =>
  servers.reduce((sum, { pid }) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
    return sum + ((Number(fields[11]) + Number(fields[12])) * 1_000_000) / ticksPerSecond
  }, 0)

/** Both clusters are loaded by one program, unless they speak different protocols, so that it makes no difference between them. */
async function load(
  cluster: Cluster,
  generator: string,
  clients: number,
  seconds: number,
  { connections, valueBytes }: Workload,
): Promise<Load> {
  const args = ['bench', '-e', cluster.endpoints, '-c', `${clients}`, '--seconds', `${seconds}`, '--warm-up', '1s']
  // What is left out is the default, also of a build that does not know the flag yet.
  if (connections !== 'shared') args.push('--connections', connections)
  args.push('--value-bytes', `${valueBytes}`)
  const before = processorUs(cluster)
  const { stdout } = await run(process.execPath, [generator, ...args, '--rounds', '1', '--json'])
  const us = processorUs(cluster) - before
  const { throughput, p50, p99 } = JSON.parse(stdout).rows[0].medians
  // The second of warming up is in the processor time too.
  return { throughput, p50, p99, serversUs: us / (throughput * (seconds + 1)) }
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** The median of the ratios of the pairs, and the quartiles. */
function ratios(pairs: readonly Pair[], of: (load: Load) => number) {
  const sorted = pairs.map(({ before, after }) => of(after) / of(before)).sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!
  return { median: median(sorted), from: at(0.25), to: at(0.75) }
}

function report(clients: number, pairs: readonly Pair[]): string {
  const ratio = (name: string, of: (load: Load) => number) => {
    const { median: middle, from, to } = ratios(pairs, of)
    return `${name} ${middle.toFixed(3)} (${from.toFixed(3)} to ${to.toFixed(3)})`
  }
  const of = (name: Build['name'], field: keyof Load) => median(pairs.map(pair => pair[name][field]))
  return [
    `${clients} clients, ${pairs.length} pairs, after to before (quartiles): ${ratio('throughput', each => each.throughput)},`,
    `  ${ratio("servers' us an operation", each => each.serversUs)}, ${ratio('p99', each => each.p99)}`,
    `  before ${of('before', 'throughput').toFixed(0)}/s, ${of('before', 'serversUs').toFixed(1)} us, p50 ${of('before', 'p50').toFixed(2)} ms, p99 ${of('before', 'p99').toFixed(1)} ms;` +
      ` after ${of('after', 'throughput').toFixed(0)}/s, ${of('after', 'serversUs').toFixed(1)} us, p50 ${of('after', 'p50').toFixed(2)} ms, p99 ${of('after', 'p99').toFixed(1)} ms`,
  ].join('\n')
}

async function measure(): Promise<void> {
  const flags = parseFlags(process.argv.slice(2), {
    before: { type: 'string' },
    after: { type: 'string', default: fileURLToPath(new URL('../..', import.meta.url)) },
    clients: { type: 'string', default: '1,64,256,1000' },
    connections: { type: 'string', default: 'shared' },
    'value-bytes': { type: 'string', default: '64' },
    rounds: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '3' },
    'warm-up': { type: 'string', default: '6' },
    'before-env': { type: 'string' },
    'after-env': { type: 'string' },
    'own-clients': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  })
  if (flags.help) {
    console.log(usage)
    return
  }
  if (flags.before === undefined) throw new UsageError(`--before: a checkout that is built was expected\n\n${usage}`)
  const counts = flags.clients.split(',').map(each => whole('--clients', each, 1))
  const rounds = whole('--rounds', flags.rounds, 1)
  const seconds = whole('--seconds', flags.seconds, 1)
  const warmUp = whole('--warm-up', flags['warm-up'], 1)
  const after = buildAt('after', flags.after, flags['after-env'])
  const before = buildAt('before', flags.before, flags['before-env'])
  const generatorOf = (build: Build) => (flags['own-clients'] ? build : after).program
  const workload = { connections: flags.connections, valueBytes: whole('--value-bytes', flags['value-bytes'], 1) }
  const loadOf = (cluster: Cluster, clients: number, seconds: number) =>
    load(cluster, generatorOf(cluster), clients, seconds, workload)
  const pairs = new Map<number, Pair[]>(counts.map(count => [count, []]))
  for (let round = 0; round < rounds; round++) {
    const clusters: Cluster[] = []
    for (const build of round % 2 === 0 ? [before, after] : [after, before]) clusters.push(await start(build, round))
    for (const cluster of clusters) await loadOf(cluster, 256, warmUp)
    for (const count of counts) {
      const loads: Partial<Record<Build['name'], Load>> = {}
      for (const cluster of round % 4 < 2 ? clusters : [...clusters].reverse())
        loads[cluster.name] = await loadOf(cluster, count, seconds)
      pairs.get(count)!.push(loads as Pair)
      const [earlier, later] = [loads.before!.throughput, loads.after!.throughput]
      console.error(
        `round ${round + 1}/${rounds}, ${count} clients: ${earlier.toFixed(0)}/s, ${later.toFixed(0)}/s, ${(later / earlier).toFixed(3)}`,
      )
    }
    for (const cluster of clusters) await stop(cluster)
  }
  if (flags.json) console.log(JSON.stringify(Object.fromEntries(pairs)))
  else for (const [count, some] of pairs) console.log(report(count, some))
}

/** Ends what was started, and leaves nothing. */
function end(code: number): never {
  for (const server of started) server.kill('SIGKILL')
  rmSync(data, { recursive: true, force: true })
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
