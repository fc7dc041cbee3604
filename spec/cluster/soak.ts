/** `npm run soak`: a real cluster over a long history, its memory, disk and throughput judged. `--help` tells more. */
import { Command } from 'commander'
import { describeError, exitCodeOf, exitCodes, RefusedError } from '../../examples/cli/exit.ts'
import { jsonOption, wholeNumber } from '../../examples/cli/options.ts'
import { soakAbsence, type Way } from './soak/absence.ts'
import type { Objections } from './soak/bounds.ts'
import { type SoakOptions, soakCommands } from './soak/commands.ts'
import { absenceAsText, commandsAsText } from './soak/report.ts'
import { stateCommand } from './soak/state/command.ts'

interface Flags {
  readonly keys: number
  readonly clients: number
  readonly json?: true
}

const stop = new AbortController()

const command: Command = new Command('npm run soak --')
  .description('put three replica processes under a long load, and judge what they take up')
  .addHelpText('after', () => `\n${command.commands.map(each => each.helpInformation()).join('\n')}`)
  .addHelpText('after', 'Exit code: 0, 1 when a bound is broken, 2 usage.')
  .exitOverride()

const withLoad = (sub: Command): Command =>
  sub
    .option('--keys <count>', 'that are put, over and over', wholeNumber(1), 1_000)
    .option('--clients <count>', 'commands in flight', wholeNumber(1, 100_000), 256)
    .addOption(jsonOption())
    .exitOverride()

command.addCommand(
  withLoad(new Command('commands'))
    .description('memory, disk and throughput over many commands; then a kill and a restart')
    .option('--commands <count>', 'that are judged; up to 300,000 more warm up', wholeNumber(1_000), 1_000_000)
    .action(async (flags: Flags & { readonly commands: number }) => {
      const report = await soakCommands(flags.commands, optionsOf(flags))
      print(flags, 'commands', report, commandsAsText(report))
    }),
)
command.addCommand(
  withLoad(new Command('absence'))
    .description('one replica away: a little, so that it fetches, and long, so that it installs a snapshot')
    .option('--within <count>', 'commands missed of which records are kept; 0: leave it out', wholeNumber(0), 10_000)
    .option('--beyond <count>', 'commands missed, far more; 0: leave it out', wholeNumber(0), 500_000)
    .action(async (flags: Flags & { readonly within: number; readonly beyond: number }) => {
      const runs: readonly (readonly [Way, number])[] = [
        ['fetch', flags.within],
        ['snapshot', flags.beyond],
      ]
      for (const [way, missed] of runs) {
        if (missed === 0) continue
        const report = await soakAbsence(missed, way, optionsOf(flags))
        print(flags, 'absence', report, absenceAsText(report))
      }
    }),
)

command.addCommand(stateCommand(stop.signal, tell))

function optionsOf({ keys, clients }: Flags): SoakOptions {
  return { keys, clients, signal: stop.signal, told: tell() }
}

/** Lines for who watches, with the time since now. */
function tell(): (line: string) => void {
  const fromMs = performance.now()
  return line => {
    process.stderr.write(`${((performance.now() - fromMs) / 1_000).toFixed(1)} s: ${line}\n`)
  }
}

function print({ json }: Flags, run: string, report: { readonly objections: Objections }, text: string): void {
  process.stdout.write(json ? `${JSON.stringify({ run, ...report })}\n` : `${text}\n`)
  if (report.objections.length > 0) process.exitCode = exitCodes.refused
}

process.once('SIGINT', () => stop.abort(new RefusedError('interrupted')))
try {
  await command.parseAsync()
} catch (error) {
  process.exitCode = stop.signal.aborted ? exitCodes.interrupted : exitCodeOf(error)
  // Commander has printed its own.
  if (!(error instanceof Error && 'exitCode' in error)) process.stderr.write(`soak: ${describeError(error)}\n`)
}
