import { Command, InvalidArgumentError, Option } from 'commander'
import { EpaxosError, systemRandom } from '../../index.ts'
import { connectKv } from '../kv/connect.ts'
import { HistoryFile } from '../kv/workload/history.ts'
import { Measures, type WorkloadSummary } from '../kv/workload/measures.ts'
import { defaultMix, type Mix, mixOps, parseMix, readShareMix } from '../kv/workload/mix.ts'
import { runWorkload } from '../kv/workload/run.ts'
import { exitCodes } from './exit.ts'
import { endpointsOption, jsonOption, parseSecondsAsMs, timeoutOption, wholeNumber } from './options.ts'
import { table } from './table.ts'

interface WorkloadFlags {
  readonly endpoints: readonly string[]
  readonly clients: number
  readonly ops?: number
  readonly seconds?: number
  readonly keys: number
  readonly keyPrefix?: string
  readonly readShare?: number
  readonly mix?: Mix
  readonly history?: string
  readonly seed?: number
  readonly timeout: number
  readonly json?: true
}

function parseShare(text: string): number {
  const share = Number(text)
  if (text.trim() === '' || !(share >= 0 && share <= 1)) {
    throw new InvalidArgumentError(`expected a share from 0 to 1, found '${text}'.`)
  }
  return share
}

function mixArgument(text: string): Mix {
  try {
    return parseMix(text)
  } catch (error) {
    if (error instanceof EpaxosError) throw new InvalidArgumentError(`${error.message}.`)
    throw error
  }
}

/** A bare number is seconds here. */
function parseSeconds(text: string): number {
  const seconds = parseSecondsAsMs(text) / 1_000
  if (seconds > 86_400) throw new InvalidArgumentError(`expected at most a day, found '${text}'.`)
  return seconds
}

/** `epaxos workload`: drives a running cluster, measures, and records a history for a checker. */
export const workloadCommand = (): Command =>
  new Command('workload')
    .description('drive a running cluster with many clients, measure, and record every operation')
    .addOption(endpointsOption())
    .option('-c, --clients <count>', 'clients that each do one operation after another', wholeNumber(1, 100_000), 32)
    .option('--ops <count>', 'end after so many operations', wholeNumber(1))
    .addOption(
      new Option('--seconds <s>', 'end after so long (default: 10, unless --ops is given)').argParser(parseSeconds),
    )
    .option('-k, --keys <count>', 'how many keys', wholeNumber(1), 100)
    .option('--key-prefix <text>', 'what the keys begin with (default: drawn anew for each run)')
    .addOption(
      new Option('--read-share <share>', 'gets of all, puts for the rest').argParser(parseShare).conflicts('mix'),
    )
    .addOption(
      new Option('--mix <weights>', `weights of the operations: ${mixOps.map(op => `${op}=..`).join(',')}`).argParser(
        mixArgument,
      ),
    )
    .option('--history <file>', 'record every operation there, as JSON lines')
    .option('--seed <number>', 'of keys and operations', wholeNumber(0, 2 ** 32 - 1))
    .addOption(timeoutOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Each run has keys of its own, so that \`epaxos check\` may take them to be absent at first, whatever the store holds. The
keys stay: a --key-prefix that was used before makes a correct cluster look as if it were not linearizable.
Exit code: 0 done, 1 refused, 2 usage, 3 no operation was answered, 130 Ctrl-C.`,
    )
    .action(workload)

async function workload(flags: WorkloadFlags): Promise<void> {
  const { endpoints, clients, keys, timeout } = flags
  const seconds = flags.seconds ?? (flags.ops === undefined ? 10 : undefined)
  const mix = flags.mix ?? (flags.readShare === undefined ? defaultMix : readShareMix(flags.readShare))
  // One connection for each endpoint to prefer; the others follow in turn.
  const connections = endpoints.map((_, at) =>
    connectKv({ endpoints: [...endpoints.slice(at), ...endpoints.slice(0, at)], timeoutMs: timeout }),
  )
  const keyPrefix = flags.keyPrefix ?? `${drawWord()}.`
  const history = flags.history === undefined ? undefined : new HistoryFile(flags.history)
  const measures = new Measures()
  const stop = new AbortController()
  const interrupt = (): void => {
    if (stop.signal.aborted) process.exit(exitCodes.interrupted)
    process.exitCode = exitCodes.interrupted
    stop.abort()
  }
  process.on('SIGINT', interrupt)
  const timer = seconds === undefined ? undefined : setTimeout(() => stop.abort(), seconds * 1_000)
  const progress = showProgress(measures)
  const startedAt = process.hrtime.bigint()
  try {
    await runWorkload({
      connections,
      clients,
      keys,
      keyPrefix,
      mix,
      operations: flags.ops ?? Number.POSITIVE_INFINITY,
      signal: stop.signal,
      seed: flags.seed ?? drawNumber(),
      measures,
      record: entry => history?.add(entry),
    })
  } finally {
    clearTimeout(timer)
    clearInterval(progress)
    for (const connection of connections) connection.close()
    process.off('SIGINT', interrupt)
    await history?.close()
  }
  const summary = measures.summary(Number(process.hrtime.bigint() - startedAt) / 1e9)
  process.stdout.write(
    flags.json ? `${JSON.stringify({ clients, keys, keyPrefix, ...summary })}\n` : `${report(summary, keyPrefix)}\n`,
  )
  if (summary.ok === 0) throw new EpaxosError('unavailable', 'no operation was answered')
}

const drawNumber = (): number => Math.floor(systemRandom() * 2 ** 32)
/** Not of the seed: the same one is run twice on the same cluster. */
const drawWord = (): string => drawNumber().toString(36)

function showProgress(measures: Measures): NodeJS.Timeout {
  let seconds = 0
  let before = 0
  return setInterval(() => {
    seconds += 1
    const { ok, unknown, fail } = measures
    process.stderr.write(`${seconds} s: ${grouped(ok - before)} operations/s, ${unknown} unknown, ${fail} failed\n`)
    before = ok
  }, 1_000)
}

const grouped = (value: number): string => Math.round(value).toLocaleString('en-US')
const ms = (value: number): string => `${value.toFixed(value < 100 ? 2 : 0)} ms`

function report(
  { seconds, ok, unknown, fail, throughput, latencyMs, longestMs, errors }: WorkloadSummary,
  keyPrefix: string,
): string {
  return table([
    ['keys begin with', keyPrefix],
    ['time', `${seconds.toFixed(1)} s`],
    ['answered', grouped(ok)],
    ['throughput', `${grouped(throughput)} operations/s`],
    ['p50', ms(latencyMs.p50)],
    ['p95', ms(latencyMs.p95)],
    ['p99', ms(latencyMs.p99)],
    ['p99.9', ms(latencyMs.p999)],
    ['longest wait, same replica', ms(longestMs.stayed)],
    ['longest wait, next replica', ms(longestMs.moved)],
    ['unknown', grouped(unknown)],
    ['failed', grouped(fail)],
    [
      'errors',
      Object.entries(errors)
        .map(([code, count]) => `${code} ${grouped(count)}`)
        .join(', ') || 'none',
    ],
  ])
}
