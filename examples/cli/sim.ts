import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { systemWallClock } from '../../index.ts'
import { runSeed, storyOf } from '../../spec/sim/index.ts'
import { recordWorldTo } from '../debugger/world/record-world-to.ts'
import { explained } from '../debugger/world/violation-event.ts'
import { exitCodes } from './exit.ts'
import { jsonOption, wholeNumber } from './options.ts'
import { worldsOf } from './sim-plan.ts'
import { runMany } from './sim-pool.ts'
import { add, asJson, asText, type Extent, newTotals, type Totals } from './sim-totals.ts'

interface SimFlags {
  readonly seed?: number
  readonly seeds?: readonly [number, number]
  readonly minutes?: number
  readonly hours?: number
  readonly biased?: true
  readonly strange?: true
  readonly trace?: true
  readonly keepGoing?: true
  readonly hashes?: true
  readonly json?: true
}

function parseRange(text: string): [number, number] {
  const [from, to, ...more] = text.split('..').map(part => (/^\d+$/.test(part) ? Number(part) : Number.NaN))
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from! > to! || more.length > 0)
    throw new InvalidArgumentError(`expected A..B with A <= B, found '${text}'.`)
  return [from!, to!]
}

/** `sim`: seeded worlds. Exit code 0 when nothing is violated, 1 when something is. */
export function simCommand(): Command {
  return new Command('sim')
    .description('run the production replicas in seeded simulated worlds, and check all they do')
    .addOption(
      new Option('--seed <number>', 'replay one world')
        .argParser(wholeNumber(0))
        .conflicts(['seeds', 'minutes', 'keepGoing']),
    )
    .option('--seeds <A..B>', 'run these worlds, on all cores (default 1..200)', parseRange)
    .option(
      '--minutes <number>',
      'begin new worlds for so long, from a seed by the time of day on, or of --seeds',
      wholeNumber(1),
    )
    .addOption(
      new Option('--hours <number>', 'with --seed: one long life of three replicas, 20,000 commands an hour')
        .argParser(wholeNumber(1))
        .conflicts('biased'),
    )
    .option('--biased', 'few keys, coordinators that die in the middle of preAccept, clogged links')
    .option('--strange', 'a state machine that throws, and answers anything, in place of the key-value store')
    .addOption(new Option('--trace', 'with --seed: print one line an event').conflicts(['json', 'hashes']))
    .option('--keep-going', 'collect violations instead of stopping at the first')
    .option('--hashes', 'print a hash of the whole trace of each world')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Worlds under way are ended: after --minutes, after a violation, and at Ctrl-C (a second one does not wait).
Rules are named by their numbers in machines/protocol/README.md; a trace is explained in spec/sim/README.md.
Exit code: 0 nothing is violated, 1 something is, 2 usage, 130 Ctrl-C.`,
    )
    .action(async (flags: SimFlags, command: Command) => {
      if (flags.seed === undefined && (flags.trace === true || flags.hours !== undefined))
        command.error(`error: --${flags.trace === true ? 'trace' : 'hours'} needs --seed`)
      const isTraced = flags.seed !== undefined && flags.trace === true
      const { totals, extent } = isTraced ? trace(flags.seed, flags) : await runAll(flags)
      const replay = (seed: number) => `npm run -s epaxos -- sim --seed ${seed}${flagsOf(flags)} --trace`
      process.stdout.write(flags.json === true ? `${asJson(totals, extent)}\n` : asText(totals, extent, replay))
      if (flags.json !== true && !extent.interrupted) recordFirst(totals, flags)
      if (extent.interrupted) process.stderr.write('epaxos: interrupted\n')
      process.exitCode = exitCodeOf(totals, extent)
    })
}

function exitCodeOf({ violations }: Totals, { interrupted }: Extent): number {
  if (interrupted) return exitCodes.interrupted
  return violations.length === 0 ? exitCodes.done : exitCodes.refused
}

/** The first world that failed, as a trace to look at. A long life is too long for that; the debugger shows the store alone. */
function recordFirst({ violations: [first] }: Totals, { biased, hours, strange }: SimFlags): void {
  if (first === undefined || hours !== undefined || strange === true) return
  const file = join(tmpdir(), `epaxos-seed-${first.seed}.jsonl.gz`)
  const { violation } = recordWorldTo({ seed: first.seed, ...(biased && { biased }) }, undefined, file)
  if (violation === undefined) return
  process.stdout.write(`seed ${first.seed} broke this: ${explained(violation)}\n`)
  process.stdout.write(`look at it, from there backwards: npm run -s epaxos -- debug ${file} --at violation\n`)
}

const flagsOf = ({ biased, hours, strange }: SimFlags): string =>
  `${biased === true ? ' --biased' : ''}${strange === true ? ' --strange' : ''}${hours === undefined ? '' : ` --hours ${hours}`}`

const whichOf = ({ biased, hours, strange }: SimFlags) => ({
  biased: biased === true,
  hours,
  strange: strange === true,
})

/** In this process: a trace ends at once when nobody reads on, or at Ctrl-C. */
function trace(seed: number, flags: SimFlags): { readonly totals: Totals; readonly extent: Extent } {
  const totals = newTotals()
  const options = worldsOf(whichOf(flags))
  const report = runSeed(seed, { ...options, trace: line => process.stdout.write(`${line}\n`) })
  add(totals, report, storyOf(report, options))
  return { totals, extent: { seeds: { from: seed, to: seed }, interrupted: false } }
}

function runAll(flags: SimFlags) {
  const { minutes, keepGoing, hashes } = flags
  const [from, to] = rangeOf(flags)
  return runMany({
    from,
    to,
    withinMs: (minutes ?? Number.POSITIVE_INFINITY) * 60_000,
    keepGoing: keepGoing === true,
    ...whichOf(flags),
    hashes: hashes === true,
    told: ({ runs, violations }, seconds) =>
      process.stderr.write(
        `${counted(runs, 'world')}, ${(runs / seconds).toFixed(1)}/s, ${counted(violations.length, 'violation')}\n`,
      ),
  })
}

function rangeOf({ seed, seeds, minutes }: SimFlags): readonly [from: number, to: number] {
  if (seed !== undefined) return [seed, seed]
  if (seeds !== undefined) return seeds
  // No world takes less than a millisecond: what another run has begun with is not run again.
  return minutes === undefined ? [1, 200] : [systemWallClock(), Number.MAX_SAFE_INTEGER]
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
