/** `npm run faults`: a real cluster under load and faults, its history judged. `--help` tells more. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Argument, Command, Option } from 'commander'
import { describeError, exitCodeOf, exitCodes, RefusedError, UsageError } from '../../examples/cli/exit.ts'
import { jsonOption, parseDurationMs, wholeNumber } from '../../examples/cli/options.ts'
import { systemRandom } from '../../net/system-random.ts'
import { countAsJson, countAsText } from './faults/count/report.ts'
import { type CountProgress, type CountTrialOptions, runCountTrial } from './faults/count/trial.ts'
import { type Mode, modes } from './faults/fault-plan.ts'
import { asJson, asText } from './faults/report.ts'
import { runTrial, type TrialOptions } from './faults/trial.ts'

interface Flags {
  readonly runs: number
  readonly replicas: number
  readonly seed?: number
  readonly clients: number
  readonly timeout: number
  readonly restartAll?: true
  readonly json?: true
}

const stop = new AbortController()

const command = new Command('npm run faults --')
  .description('put replica processes under load and random faults, and judge what clients saw')
  .addArgument(
    new Argument('<mode>', 'mixed: kills, freezes and cuts; incr: a counter under kills').choices([...modes, 'incr']),
  )
  .argument('[seconds]', 'of load in each run', wholeNumber(1, 86_400), 20)
  .option('--runs <count>', 'each with a new cluster and the next seed', wholeNumber(1), 1)
  .option('--replicas <count>', 'in the cluster', wholeNumber(3, 9), 3)
  .option(
    '--seed <number>',
    'of all draws in the first run; when they strike, real time says',
    wholeNumber(0, 2 ** 32 - 1),
  )
  .option('--clients <count>', 'of incr: they count on one key', wholeNumber(1, 1_000), 64)
  .addOption(
    new Option('--timeout <duration>', "of incr's clients: longer than all replicas are down, unless told")
      .default(15_000, '15s')
      .argParser(parseDurationMs),
  )
  .option('--restart-all', 'with incr: all replicas are killed at once too')
  .addOption(jsonOption())
  .addHelpText(
    'after',
    `
Replicas are killed and restarted (kill), stopped and continued (freeze), and the links between them are cut each way by
itself (cut): bytes are held back until healing, dropped, or connections are reset. Clients are never cut off.

When the load is over everything is healed: then a write and a read through every replica must succeed, and all must
agree. A run fails when that does not come about, when the history is not linearizable, when an outcome is unknown
although nothing but cuts that leave everybody a quorum was done meanwhile, when a replica ends by itself, or when the
faults were not felt.

With incr a run fails when the counter is not the number of acknowledged increments, plus at most those whose outcome is
unknown; when two were answered with the same sum; or when no client sent a command again to another replica.

Beside the history stand the faults, with times as in the history, and what the replicas printed. Exit code: 0, 1 when a run fails, 2 usage.`,
  )
  .action(faults)
  .exitOverride()

async function faults(mode: Mode | 'incr', seconds: number, flags: Flags): Promise<void> {
  if (flags.restartAll && mode !== 'incr') throw new UsageError('--restart-all goes with incr')
  const folder = mkdtempSync(join(tmpdir(), 'epaxos-faults-'))
  const firstSeed = flags.seed ?? Math.floor(systemRandom() * 2 ** 31)
  for (let run = 0; run < flags.runs; run++) {
    const from = performance.now()
    const seed = firstSeed + run
    const about = `run ${run + 1} of ${flags.runs}: ${mode}, ${seconds} s, ${flags.replicas} replicas, seed ${seed}`
    process.stderr.write(`${about}\n`)
    const told = (line: string) =>
      process.stderr.write(`  ${((performance.now() - from) / 1_000).toFixed(1)} s: ${line}\n`)
    const common = { replicas: flags.replicas, seed, folder, signal: stop.signal, told }
    const outcome = await (mode === 'incr' ? count(seconds, flags, common) : trial(mode, seconds, common))
    process.stdout.write(flags.json ? `${outcome.json}\n` : `${about}\n${outcome.text}\n`)
    if (outcome.failed) process.exitCode = exitCodes.refused
  }
}

interface Outcome {
  readonly text: string
  readonly json: string
  readonly failed: boolean
}

async function trial(mode: Mode, seconds: number, common: Omit<TrialOptions, 'mode' | 'seconds'>): Promise<Outcome> {
  const options = { ...common, mode, seconds }
  const report = await runTrial(options)
  return { text: asText(report), json: asJson(options, report), failed: report.objections.length > 0 }
}

async function count(
  seconds: number,
  { clients, timeout: timeoutMs, restartAll: all }: Flags,
  common: Omit<CountTrialOptions, 'clients' | 'timeoutMs' | 'restartAll' | 'isEnough'>,
): Promise<Outcome> {
  const restartAll = all === true
  const options = {
    ...common,
    clients,
    timeoutMs,
    restartAll,
    isEnough: (now: CountProgress) => now.seconds >= seconds,
  }
  const report = await runCountTrial(options)
  return { text: countAsText(report), json: countAsJson(options, report), failed: report.objections.length > 0 }
}

process.once('SIGINT', () => stop.abort(new RefusedError('interrupted')))
try {
  await command.parseAsync()
} catch (error) {
  process.exitCode = stop.signal.aborted ? exitCodes.interrupted : exitCodeOf(error)
  // Commander has printed its own.
  if (!(error instanceof Error && 'exitCode' in error)) process.stderr.write(`faults: ${describeError(error)}\n`)
}
