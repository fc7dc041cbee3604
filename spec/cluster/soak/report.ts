import { table } from '../../../examples/kv/cli/table.ts'
import type { AbsenceReport } from './absence.ts'
import type { Objections } from './bounds.ts'
import { type CommandsReport, footprintsLine, shownUs } from './commands.ts'

const rate = (commands: number): string => `${Math.round(commands)}/s`
const ms = (value: number): string => `${Math.round(value)} ms`
const verdict = (objections: Objections): string =>
  [objections.length === 0 ? 'ok' : 'FAILED', ...objections.map(each => `- ${each}`)].join('\n')

/** One run for people. */
export function commandsAsText({ tenths, readyMs, objections }: CommandsReport): string {
  const [first, last] = [tenths[0]!, tenths.at(-1)!]
  const rows = table([
    ['throughput, first and last tenth', `${rate(first.throughput)}, ${rate(last.throughput)}`],
    ['processor time a command', `${shownUs(first.processorUs)}, ${shownUs(last.processorUs)} us`],
    ['after the first tenth', footprintsLine(first.footprints)],
    ['after the last tenth', footprintsLine(last.footprints)],
    ['ready after a kill', ms(readyMs)],
  ])
  return `${rows}\n${verdict(objections)}`
}

/** One run for people. */
export function absenceAsText(report: AbsenceReport): string {
  const { missed, way, readyMs, inStepMs, throughput, survivors, objections } = report
  const { before, away, starting, catchingUp, after } = throughput
  const rows = table([
    ['missed', `${missed} commands, made up for by ${way}`],
    ['ready, and in step', `${ms(readyMs)}, ${ms(inStepMs)} after its start`],
    ['throughput before, away', `${rate(before)}, ${rate(away)}`],
    ['starting, catching up, after', `${rate(starting)}, ${rate(catchingUp)}, ${rate(after)}`],
    ['the others, early', footprintsLine(survivors[0]!)],
    ['the others, late', footprintsLine(survivors.at(-1)!)],
  ])
  return `${rows}\n${verdict(objections)}`
}
