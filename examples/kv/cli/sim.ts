import { Command, InvalidArgumentError } from 'commander'
import { biasedPlan, longPlan, type RunOptions, runSeed, storyOf } from '../../../spec/sim/index.ts'
import { exitCodes } from './exit.ts'
import { jsonOption, wholeNumber } from './options.ts'
import { runMany } from './sim-pool.ts'
import { add, asJson, asText, newTotals, type Totals } from './sim-totals.ts'

interface SimFlags {
  readonly seed?: number
  readonly seeds?: readonly [number, number]
  readonly minutes?: number
  readonly hours?: number
  readonly biased?: true
  readonly trace?: true
  readonly keepGoing?: true
  readonly hashes?: true
  readonly json?: true
}

function parseRange(text: string): [number, number] {
  const [from, to] = text.split('..').map(Number)
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from! > to!)
    throw new InvalidArgumentError(`expected A..B with A <= B, found '${text}'.`)
  return [from!, to!]
}

/** `sim`: seeded worlds. Exit code 0 when nothing is violated, 1 when something is. */
export function simCommand(): Command {
  return new Command('sim')
    .description('run the production replicas in seeded simulated worlds, and check all they do')
    .option('--seed <number>', 'replay one world', wholeNumber(0))
    .option('--seeds <A..B>', 'run these worlds, on all cores (default 1..200)', parseRange)
    .option('--minutes <number>', 'run new worlds for so long', wholeNumber(1))
    .option('--hours <number>', 'with --seed: one long life of three replicas, 20,000 commands an hour', wholeNumber(1))
    .option('--biased', 'few keys, coordinators that die in the middle of preAccept, clogged links')
    .option('--trace', 'with --seed: print one line an event')
    .option('--keep-going', 'collect violations instead of stopping at the first')
    .option('--hashes', 'with --seeds: print a hash of the whole trace of each world')
    .addOption(jsonOption())
    .action(async (flags: SimFlags, command: Command) => {
      if (flags.seed === undefined && (flags.trace === true || flags.hours !== undefined))
        command.error(`error: --${flags.trace === true ? 'trace' : 'hours'} needs --seed`)
      const totals = flags.seed === undefined ? await runAll(flags) : runOne(flags.seed, flags)
      const replay = (seed: number) => `npm run -s epaxos -- sim --seed ${seed}${flagsOf(flags)} --trace`
      process.stdout.write(flags.json === true ? `${asJson(totals)}\n` : asText(totals, replay))
      process.exitCode = totals.violations.length === 0 ? 0 : exitCodes.refused
    })
}

const flagsOf = ({ biased, hours }: SimFlags): string =>
  `${biased === true ? ' --biased' : ''}${hours === undefined ? '' : ` --hours ${hours}`}`

function optionsOf({ biased, hours, trace }: SimFlags): RunOptions {
  return {
    plan: hours !== undefined ? () => longPlan(hours) : biased === true ? biasedPlan : undefined,
    trace: trace === true ? line => process.stdout.write(`${line}\n`) : undefined,
  }
}

function runOne(seed: number, flags: SimFlags): Totals {
  const totals = newTotals()
  const options = optionsOf(flags)
  const report = runSeed(seed, options)
  add(totals, report, storyOf(report, options))
  return totals
}

const runAll = ({ seeds, minutes, biased, keepGoing, hashes }: SimFlags): Promise<Totals> =>
  runMany({
    from: seeds?.[0] ?? 1,
    to: seeds?.[1] ?? (minutes === undefined ? 200 : Number.MAX_SAFE_INTEGER),
    withinMs: (minutes ?? Number.POSITIVE_INFINITY) * 60_000,
    keepGoing: keepGoing === true,
    biased: biased === true,
    hashes: hashes === true,
    told: ({ runs, violations }, seconds) =>
      process.stderr.write(`${runs} worlds, ${(runs / seconds).toFixed(1)}/s, ${violations.length} violations\n`),
  })
