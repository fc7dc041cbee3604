import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { Command, Option } from 'commander'
import { EpaxosError } from '../../index.ts'
import { atFirst, type Cluster } from '../bench/cluster.ts'
import { profileFlags, startEpaxos } from '../bench/epaxos-cluster.ts'
import { startEtcd } from '../bench/etcd/cluster.ts'
import type { LoadPlan } from '../bench/load-plan.ts'
import { LoadProcess } from '../bench/load-process.ts'
import { pointLabel, usualValueBytes } from '../bench/points.ts'
import { figuresOf, ratiosOf, rowsOf } from '../bench/results.ts'
import { type Contender, type Run, runSuite } from '../bench/suite.ts'
import { textReport } from '../bench/text-report.ts'
import {
  type BenchFlags,
  etcdValueBytesMax,
  inFlightMax,
  listOf,
  parseExponent,
  parseInFlight,
  parseReplicas,
  parseShare,
  parseValueBytes,
  plansOf,
  sizesOf,
  valueBytesOf,
} from './bench-options.ts'
import { exitCodes, RefusedError, UsageError } from './exit.ts'
import {
  jsonOption,
  parseDirectory,
  parseDurationMs,
  parseEndpoints,
  parseSecondsAsMs,
  wholeNumber,
} from './options.ts'
import { checkLimits } from './serve-config.ts'
import { writeWhole } from './write-whole.ts'

const note = (text: string): void => {
  process.stderr.write(`${text}\n`)
}

/** `epaxos bench`: throughput, latency, processor time and memory of a cluster under load, alone or beside etcd. */
export const benchCommand = (): Command =>
  new Command('bench')
    .description('measure a cluster under load: its own processes on loopback, or a running one; beside etcd if asked')
    .option(
      '-n, --replicas <list>',
      'how many to start (default: 3); of several a cluster each, in turns',
      listOf(parseReplicas),
    )
    .option('--proposers <count>', 'clients use the first so many of them (default: all)', parseReplicas)
    .addOption(new Option('-e, --endpoints <list>', 'measure this running cluster instead').argParser(parseEndpoints))
    .option(
      '-c, --clients <list>',
      'closed loop: clients that each do one operation after another (default: 64)',
      listOf(parseInFlight),
    )
    .option(
      '--in-flight <list>',
      `pipelined: one client that keeps so many in flight, up to ${inFlightMax}`,
      listOf(parseInFlight),
    )
    .addOption(
      new Option('--connections <which>', 'one to each replica for all clients, or one for each client')
        .choices(['shared', 'each'])
        .default('shared'),
    )
    .option('--rate <list>', 'open loop: operations a second, at random times (Poisson)', listOf(wholeNumber(1)))
    .addOption(
      new Option('--value-bytes <list>', 'size of a value')
        .argParser(listOf(parseValueBytes))
        .default([usualValueBytes], String(usualValueBytes)),
    )
    .addOption(new Option('-k, --keys <which>', 'which keys').choices(['own', 'uniform', 'zipf']).default('own'))
    .option(
      '--key-count <count>',
      'keys: of each client (own, default 1), of all (default 100,000)',
      wholeNumber(1, 10_000_000),
    )
    .option('--zipf-exponent <number>', 'of --keys zipf', parseExponent, 0.99)
    .addOption(
      new Option('--conflicts <list>', 'each put is on one shared key with this probability')
        .argParser(listOf(parseShare))
        .default([0], '0'),
    )
    .option('--read-share <share>', 'reads (linearizable) of all operations, puts for the rest', parseShare, 0)
    .addOption(new Option('--seconds <s>', 'measured, of each run').argParser(parseSecondsAsMs).default(5_000, '5'))
    .addOption(new Option('--warm-up <duration>', 'before it').argParser(parseDurationMs).default(1_000, '1s'))
    .option('--rounds <count>', 'runs of each point; figures are their medians', wholeNumber(1, 1_000), 3)
    .option('--config <file>', 'for `serve --config` of every replica: limits')
    .option('--no-sessions', 'commands without a session: sent once, at most')
    .option(
      '--data <dir>',
      'a new directory for the data, which stays (default: a temporary one, removed)',
      parseDirectory,
    )
    .option('--seed <number>', 'of keys, values and arrivals', wholeNumber(0, 2 ** 31), 1)
    .addOption(
      new Option(
        '--vs <other>',
        `also a new cluster of it, in turns (values of at most ${etcdValueBytesMax} bytes)`,
      ).choices(['etcd']),
    )
    .option('--cpu-prof <dir>', 'CPU profiles of replica 1 and of the load generator, written at the end')
    .option('--report <file.html>', 'a page with charts')
    .addHelpText(
      'after',
      '\nOf several --replicas each cluster is loaded in turns: not with --vs or --cpu-prof. What starts a cluster does not go with --endpoints.',
    )
    .addOption(jsonOption())
    .action(bench)

async function bench(flags: BenchFlags): Promise<void> {
  const plans = plansOf(flags)
  const report = flags.report === undefined ? undefined : await loadHtmlReport()
  checkPaths(flags)
  const parent = flags.data === undefined ? mkdtempSync(join(tmpdir(), 'epaxos-bench-')) : resolve(flags.data)
  mkdirSync(parent, { recursive: true })
  const stopping = new AbortController()
  const interrupt = (): void => {
    // The second time nobody wants to wait. What is starting still ends with its standard input.
    if (stopping.signal.aborted) {
      for (const { cluster } of contenders) for (const pid of cluster.pids) kill(pid)
      if (flags.data === undefined) rmSync(parent, { recursive: true, force: true })
      process.exit(exitCodes.interrupted)
    }
    process.exitCode = exitCodes.interrupted
    stopping.abort(new Interrupted())
  }
  const contenders: Contender[] = []
  const runs: Run[] = []
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt)
  try {
    await startAll(flags, parent, contenders, error => stopping.abort(error), stopping.signal)
    note(about(flags).join('\n'))
    for (const { name, cluster, load } of contenders) {
      const servers = cluster.pids.length === 0 ? '' : `server processes ${cluster.pids.join(' ')}, `
      note(`${name}: ${servers}load generator ${load.pid}`)
    }
    const { rounds, connections } = flags
    const done = (run: Run): void => {
      runs.push(run)
      note(progress(run, rounds, plans))
    }
    await runSuite({ contenders, plans, rounds, connections, signal: stopping.signal, done })
  } catch (error) {
    // What was measured before Ctrl-C is told.
    if (!(error instanceof Interrupted) && !(stopping.signal.reason instanceof Interrupted)) throw error
  } finally {
    await Promise.all(contenders.map(({ load }) => load.stop()))
    await Promise.all(contenders.map(({ cluster }) => cluster.stop()))
    if (flags.data === undefined) rmSync(parent, { recursive: true, force: true })
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
  }
  if (stopping.signal.aborted)
    note(`interrupted after ${runs.length} runs of ${plans.length * contenders.length * flags.rounds}`)
  if (runs.length === 0) return
  const names = contenders.map(({ name }) => name)
  const rows = rowsOf(plans, names, runs)
  const ratios = ratiosOf(plans, names, runs)
  const text = textReport(plans, rows, ratios, names[0]!)
  if (flags.json) process.stdout.write(`${JSON.stringify({ about: about(flags), rows, ratios })}\n`)
  else process.stdout.write(`${text}\n`)
  if (report !== undefined)
    writeWhole(resolve(flags.report!), Buffer.from(report({ about: about(flags), plans, rows, text })))
  if (runs.some(run => run.result.answered === 0))
    throw new EpaxosError('unavailable', 'in some run nothing was answered')
}

/** One that has ended already is no matter. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

/** Ctrl-C. */
class Interrupted extends Error {}

/** @throws UsageError before anything is started or measured in vain */
function checkPaths({ report, data, config }: BenchFlags): void {
  if (config !== undefined) checkLimits(config)
  if (report !== undefined && !existsSync(dirname(resolve(report))))
    throw new UsageError(`--report ${report}: there is no directory ${dirname(resolve(report))}`)
  if (data !== undefined && existsSync(data) && readdirSync(data).length > 0)
    throw new UsageError(`--data ${data}: a new or an empty directory was expected, and something is in it`)
}

async function startAll(
  flags: BenchFlags,
  parent: string,
  contenders: Contender[],
  failed: (error: RefusedError) => void,
  signal: AbortSignal,
): Promise<void> {
  const { endpoints, proposers, config, sessions, vs } = flags
  const cpuProf = flags.cpuProf === undefined ? undefined : resolve(flags.cpuProf)
  const nodeFlags = cpuProf === undefined ? [] : profileFlags(cpuProf, 'load')
  const take = (name: string, cluster: Cluster, flags: readonly string[] = []): void => {
    const used = proposers === undefined ? cluster : atFirst(proposers, cluster)
    contenders.push({ name, cluster: used, load: new LoadProcess(flags) })
    signal.throwIfAborted()
  }
  if (endpoints !== undefined) {
    take('epaxos', { address: { kind: 'epaxos', endpoints, sessions }, pids: [], stop: async () => {} }, nodeFlags)
    return
  }
  const sizes = sizesOf(flags)
  for (const replicas of sizes) {
    const name = sizes.length === 1 ? 'epaxos' : `epaxos n=${replicas}`
    const directory = join(parent, name.replace(' ', '-'))
    take(name, await startEpaxos({ replicas, directory, config, sessions, cpuProf, note, failed }), nodeFlags)
  }
  if (vs !== undefined) take('etcd', await startEtcd(sizes[0]!, join(parent, 'etcd')))
}

/** Charts come from a package that only this option needs. */
async function loadHtmlReport() {
  try {
    return (await import('../bench/html-report.ts')).htmlReport
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND')) throw cause
    throw new RefusedError("--report needs the package 'echarts': npm install echarts", { cause })
  }
}

function about(flags: BenchFlags): readonly string[] {
  const { endpoints, proposers, keys, readShare, seconds, warmUp, rounds, sessions, config, connections } = flags
  const where =
    endpoints === undefined
      ? `${sizesOf(flags).join(' and ')} replicas as processes on loopback${proposers === undefined ? '' : `, clients at the first ${proposers}`}`
      : `a running cluster: ${endpoints.join(', ')}`
  const limits =
    endpoints !== undefined ? 'its own limits' : config === undefined ? 'standard limits' : `limits of ${config}`
  const isOurs = endpoints === undefined ? '; every flush is synced before anybody is answered' : ''
  return [
    `${where}, ${limits}, ${sessions ? 'with' : 'without'} sessions, ${connections === 'each' ? 'a connection a client' : 'one connection a replica'}${isOurs}`,
    `keys ${keys}, values of ${valueBytesOf(flags).join(' and ')} bytes, ${100 * readShare} % reads; answers come after execution`,
    `medians of ${rounds} interleaved rounds of ${seconds / 1_000} s after ${warmUp / 1_000} s of warming up`,
    'closed loop: latency from sending to the answer; open loop (Poisson): from the time at which the operation was due, which corrects for coordinated omission',
    `${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}), Node ${process.version}, ${process.platform}`,
  ]
}

function progress({ contender, point, round, result }: Run, rounds: number, plans: readonly LoadPlan[]): string {
  const { throughput, p50, p99, failures } = figuresOf(result)
  const trouble = failures === 0 ? '' : `, ${failures} failed (${Object.keys(result.failures).join(', ')})`
  return `round ${round}/${rounds}, ${pointLabel(plans[point]!)}, ${contender}: ${Math.round(throughput)}/s, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms${trouble}`
}
