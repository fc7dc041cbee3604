/** `npm run faults`: a real cluster under load and faults, its history judged. `--help` tells more. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Argument, Command } from 'commander'
import { describeError, exitCodeOf, exitCodes, RefusedError } from '../../examples/kv/cli/exit.ts'
import { jsonOption, wholeNumber } from '../../examples/kv/cli/options.ts'
import { systemRandom } from '../../net/system-random.ts'
import { type Mode, modes } from './faults/fault-plan.ts'
import { asJson, asText } from './faults/report.ts'
import { runTrial } from './faults/trial.ts'

interface Flags {
  readonly runs: number
  readonly replicas: number
  readonly seed?: number
  readonly json?: true
}

const stop = new AbortController()

const command = new Command('npm run faults --')
  .description('put replica processes under load and random faults, and judge what clients saw')
  .addArgument(new Argument('<mode>', 'mixed: kills, freezes and cuts').choices(modes))
  .argument('[seconds]', 'of load in each run', wholeNumber(1, 86_400), 20)
  .option('--runs <count>', 'each with a new cluster and the next seed', wholeNumber(1), 1)
  .option('--replicas <count>', 'in the cluster', wholeNumber(3, 9), 3)
  .option(
    '--seed <number>',
    'of all draws in the first run; when they strike, real time says',
    wholeNumber(0, 2 ** 32 - 1),
  )
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

Beside the history stand the faults, with times as in the history, and what the replicas printed. Exit code: 0, 1 when a run fails, 2 usage.`,
  )
  .action(faults)
  .exitOverride()

async function faults(mode: Mode, seconds: number, flags: Flags): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'epaxos-faults-'))
  const seed = flags.seed ?? Math.floor(systemRandom() * 2 ** 31)
  for (let run = 0; run < flags.runs; run++) {
    const from = performance.now()
    const options = { mode, seconds, replicas: flags.replicas, seed: seed + run, folder, signal: stop.signal }
    const about = `run ${run + 1} of ${flags.runs}: ${mode}, ${seconds} s, ${flags.replicas} replicas, seed ${seed + run}`
    process.stderr.write(`${about}\n`)
    const report = await runTrial({
      ...options,
      told: line => process.stderr.write(`  ${((performance.now() - from) / 1_000).toFixed(1)} s: ${line}\n`),
    })
    process.stdout.write(flags.json ? `${asJson(options, report)}\n` : `${about}\n${asText(report)}\n`)
    if (report.objections.length > 0) process.exitCode = exitCodes.refused
  }
}

process.once('SIGINT', () => stop.abort(new RefusedError('interrupted')))
try {
  await command.parseAsync()
} catch (error) {
  process.exitCode = stop.signal.aborted ? exitCodes.interrupted : exitCodeOf(error)
  // Commander has printed its own.
  if (!(error instanceof Error && 'exitCode' in error)) process.stderr.write(`faults: ${describeError(error)}\n`)
}
