/** `npm run hung`: flushes of real replicas that hang, judged by what clients see. `--help` tells more. */
import { Command } from 'commander'
import { describeError, exitCodeOf, exitCodes } from '../../examples/cli/exit.ts'
import { jsonOption, wholeNumber } from '../../examples/cli/options.ts'
import { table } from '../../examples/cli/table.ts'
import { type HungReport, measureHung } from './hung/bed.ts'
import { bounds, objectToHung } from './hung/bounds.ts'

interface Flags {
  readonly seconds: number
  readonly source?: true
  readonly json?: true
}

/** How many of how many hang: two minorities, and a majority. */
const cases = [
  { replicas: 3, hung: 1 },
  { replicas: 5, hung: 2 },
  { replicas: 3, hung: 2 },
] as const

const command = new Command('npm run hung --')
  .description(
    'hang the flushes of one of three, two of five and two of three replicas under load, and judge what clients see',
  )
  .option('--seconds <count>', 'that they hang', wholeNumber(1, 3_600), 10)
  .option('--source', 'run the source, not the build')
  .addOption(jsonOption())
  .addHelpText(
    'after',
    `
Clients of healthy replicas wait at most ${bounds.healthyMs} ms where these are a majority. Elsewhere each command ends within its
limit. Nothing acknowledged is lost, and every replica answers within ${bounds.backMs} ms after its flush ends; one of a minority
within a quarter of the time that it hung, if that is longer, since it has to catch up.
Exit code: 0 so it is, 1 a bound is missed, 2 usage.`,
  )
  .action(async ({ seconds, source, json }: Flags) => {
    const rows = [['hung', 'healthy wait', 'healthy ends', 'own wait', 'own ends', 'said after', 'back after', '']]
    for (const each of cases) {
      const report = await measureHung({ ...each, seconds, built: source !== true })
      const objections = objectToHung(report)
      if (objections.length > 0) process.exitCode = exitCodes.refused
      if (json) process.stdout.write(`${JSON.stringify({ ...report, objections })}\n`)
      else rows.push(rowOf(report, objections))
    }
    if (!json) process.stdout.write(`${table(rows)}\n`)
  })
  .exitOverride()

const ms = (value: number): string => `${Math.round(value)} ms`
const endsText = (ends: HungReport['own']['ends']): string =>
  Object.entries(ends)
    .map(([code, count]) => `${code} ${count}`)
    .join(', ') || '-'

const rowOf = (report: HungReport, objections: readonly string[]): string[] => [
  `${report.hung} of ${report.replicas}, ${report.seconds} s`,
  ms(report.healthy.longestMs),
  endsText(report.healthy.ends),
  ms(report.own.longestMs),
  endsText(report.own.ends),
  ms(report.saidAfterMs),
  ms(report.backAfterMs),
  objections.length === 0 ? 'met' : `MISSED: ${objections.join('; ')}`,
]

try {
  await command.parseAsync()
} catch (error) {
  process.exitCode = exitCodeOf(error)
  // Commander has printed its own.
  if (!(error instanceof Error && 'exitCode' in error)) process.stderr.write(`hung: ${describeError(error)}\n`)
}
