import { Command, InvalidArgumentError, Option } from 'commander'
import { exitCodes } from '../../../../examples/cli/exit.ts'
import { jsonOption, wholeNumber } from '../../../../examples/cli/options.ts'
import { barsOf } from './bars.ts'
import { stateAsText } from './report.ts'
import { soakState } from './state.ts'

interface Flags {
  readonly keys: number
  readonly valueBytes: number
  readonly clients: number
  readonly minutes: number
  readonly rounds: number
  readonly roundSeconds: number
  readonly share: number
  readonly onceLarge?: true
  readonly source?: true
  readonly json?: true
}

/** What `--once-large` stands for: a state beyond what one SQLite value could hold, at a fifth of the load. */
const onceLarge = { keys: 1_000_000, valueBytes: 1_024, share: 0.2 } as const

/** `npm run soak -- state`: a large state under load, judged by what clients feel. */
export const stateCommand = (signal: AbortSignal, tell: () => (line: string) => void): Command =>
  new Command('state')
    .description('a large state under load: one replica away and back, a backup, a restart of all; what clients feel')
    .option('--keys <count>', 'of the state; each is put once before the load', wholeNumber(10), 1_000_000)
    .option('--value-bytes <count>', 'of each value', wholeNumber(1), 100)
    .option('--clients <count>', 'commands in flight', wholeNumber(1, 100_000), 256)
    .option('--minutes <number>', 'of the load that is judged, some more while it goes on', positive(), 5)
    .option('--rounds <count>', 'of the same load in turns on 1,000 keys; 0: leave them out', wholeNumber(0), 5)
    .option('--round-seconds <number>', 'of each half of a round', positive(), 10)
    .option('--share <number>', 'of the throughput that it can do, as the load of the minutes', positive(1), 1)
    .option('--once-large', '1,000,000 keys x 1 KiB at a fifth of the load, whatever the other flags say')
    .addOption(new Option('--source', 'run the source, not the build').hideHelp())
    .addOption(jsonOption())
    .addHelpText('after', '\nExit code: 0 every bound is met, 1 one is missed, 2 usage.')
    .action(async ({ json, source, onceLarge: isLarge, ...flags }: Flags) => {
      const plan = { ...flags, ...(isLarge ? onceLarge : undefined) }
      const measures = await soakState({ ...plan, built: source !== true, signal, told: tell() })
      const bars = barsOf(measures)
      process.stdout.write(
        json ? `${JSON.stringify({ run: 'state', ...measures, bars })}\n` : `${stateAsText(measures, bars)}\n`,
      )
      if (bars.some(({ isMet }) => isMet === false) || measures.unexpectedEnds.length > 0)
        process.exitCode = exitCodes.refused
    })
    .exitOverride()

const positive =
  (most = Number.POSITIVE_INFINITY) =>
  (text: string): number => {
    const value = Number(text)
    if (!(value > 0 && value <= most))
      throw new InvalidArgumentError(
        `expected a number above 0${most < Number.POSITIVE_INFINITY ? ` up to ${most}` : ''}.`,
      )
    return value
  }
