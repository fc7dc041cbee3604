/**
 * `npm run explore`: explores the protocol's model state by state; see README.md. Exit code 0 when all that was asked for
 * holds (a broken rule is found, a sound one is not violated), 1 when it does not, 2 for a wrong command line, 130 when
 * interrupted.
 */
import { Command, InvalidArgumentError, Option } from 'commander'
import { broken, sound } from './broken.ts'
import { type Configuration, configurationNamed, configurations, quick } from './configuration.ts'
import { missing, type Report, reportLine, reportOf, ruleTable } from './report.ts'
import { Search } from './search.ts'

/** States that all configurations together must have, unless only some of them are explored. */
const statesMin = 1_000_000
/** States between two looks at the clock and at signals. */
const slice = 5_000
const progressMs = 2_000

interface Options {
  readonly configuration?: readonly string[]
  readonly quick?: boolean
  readonly broken?: string
  readonly maxStates: number
  readonly seconds: number
  readonly json?: boolean
}

let isInterrupted = false

async function explored(configuration: Configuration, options: Options): Promise<Report> {
  const rule = options.broken === undefined ? undefined : broken[options.broken]!
  const search = new Search(configuration, rule?.variant ?? sound, rule === undefined)
  const startMs = performance.now()
  const limitMs = options.seconds * 1_000
  let shownMs = startMs
  let isMore = true
  while (isMore && !isInterrupted) {
    // A state has a handful of successors: a small limit is not passed by much.
    isMore = search.explore(Math.min(slice, Math.ceil((options.maxStates - search.states) / 10)))
    const nowMs = performance.now()
    const isOver = search.states >= options.maxStates || nowMs - startMs >= limitMs
    if (nowMs - shownMs >= progressMs) {
      shownMs = nowMs
      process.stderr.write(`${reportLine(reportOf(search.findings(), startMs))}\n`)
    }
    if (isOver) break
    await new Promise(resolve => setImmediate(resolve))
  }
  return reportOf(search.findings(), startMs)
}

/** Explores one after the other; a broken rule is looked for until it is found. */
async function main(options: Options): Promise<number> {
  const rule = options.broken === undefined ? undefined : broken[options.broken]!
  const isStandard = options.configuration === undefined && !options.quick && rule === undefined
  const names = options.configuration ?? rule?.configurations
  const chosen = options.quick ? [quick] : (names?.map(configurationNamed) ?? configurations)
  const reports: Report[] = []
  for (const configuration of chosen) {
    const report = await explored(configuration, options)
    reports.push(report)
    if (!options.json) print(configuration, report, rule !== undefined)
    if (isInterrupted || report.violation !== undefined) break
  }
  const states = reports.reduce((sum, report) => sum + report.states, 0)
  const isFound = reports.some(report => report.violation !== undefined)
  if (options.json) console.log(JSON.stringify({ broken: options.broken, states, found: isFound, reports }, null, 1))
  else {
    if (rule === undefined) console.log(`${ruleTable(reports)}\n`)
    console.log(`${states} distinct states${isInterrupted ? ', interrupted' : ''}`)
  }
  if (isInterrupted) return 130
  if (rule !== undefined) {
    if (!options.json) console.log(verdict(options.broken!, isFound, reports))
    return isFound ? 0 : 1
  }
  const isWhole = chosen.every(
    (configuration, at) => reports[at] !== undefined && missing(configuration, reports[at]).length === 0,
  )
  return !isFound && isWhole && (!isStandard || states >= statesMin) ? 0 : 1
}

function print(configuration: Configuration, report: Report, isBroken: boolean): void {
  console.log(`${configuration.name}: ${configuration.about}`)
  console.log(`  ${reportLine(report)}`)
  const lacking = isBroken ? [] : missing(configuration, report)
  if (lacking.length > 0) console.log(`  not reached: ${lacking.join(', ')}`)
  if (report.violation === undefined) return
  console.log(`  ${report.violation.what}`)
  report.violation.schedule.forEach((line, at) => {
    console.log(`  ${String(at + 1).padStart(3)}  ${line}`)
  })
}

function verdict(row: string, isFound: boolean, reports: readonly Report[]): string {
  const { about, whyNot } = broken[row]!
  const last = reports.at(-1)!
  const where = isFound
    ? `found in ${last.configuration}, by ${last.violation!.schedule.length} steps`
    : `not found in ${reports.map(nameOf).join(', ')}`
  const clean = reports.filter(report => report.violation === undefined && report.waiting === 0)
  const why =
    clean.length > 0 && whyNot !== undefined
      ? `\nnot in ${clean.map(report => report.configuration).join(', ')}: ${whyNot}`
      : ''
  return `${row}, ${about}: ${where}${why}`
}

/** A configuration that was not explored to its end says so. */
const nameOf = ({ configuration, waiting }: Report): string =>
  waiting > 0 ? `${configuration} (incomplete: ${waiting} states were left)` : configuration

function positive(text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new InvalidArgumentError('a number above 0, please')
  return value
}

const names = [...configurations, quick].map(each => each.name)
const command = new Command('npm run explore --')
  .description('Explores the instance statechart of n replicas under all interleavings, and checks every state.')
  .addOption(new Option('--configuration <name...>', 'only these').choices(names))
  .option('--quick', 'the small configuration of the specs')
  .addOption(
    new Option('--broken <row>', 'with one rule broken, by its row in the catalogue').choices(Object.keys(broken)),
  )
  .option('--max-states <number>', 'stop a configuration after so many states', positive, 20_000_000)
  .option('--seconds <number>', 'stop a configuration after so long', positive, 1_800)
  .option('--json', 'print one JSON document')
  .addHelpText(
    'after',
    `\nConfigurations:\n${[...configurations, quick].map(each => `  ${each.name.padEnd(14)} ${each.about}`).join('\n')}`,
  )
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse()
process.once('SIGINT', () => {
  isInterrupted = true
})
process.exitCode = await main(command.opts<Options>())
