import { table } from '../../../examples/cli/table.ts'
import type { AbsenceReport } from './absence.ts'
import type { Objections } from './bounds.ts'
import { type CommandsReport, footprintsLine, paceText } from './commands.ts'

const ms = (value: number): string => `${Math.round(value)} ms`
const verdict = (objections: Objections): string =>
  [objections.length === 0 ? 'ok' : 'FAILED', ...objections.map(each => `- ${each}`)].join('\n')

/** One run for people. */
export function commandsAsText({ tenths, readyMs, objections }: CommandsReport): string {
  const [first, last] = [tenths[0]!, tenths.at(-1)!]
  const rows = table([
    ['first tenth', paceText(first)],
    ['last tenth', paceText(last)],
    ['after the first tenth', footprintsLine(first.footprints)],
    ['after the last tenth', footprintsLine(last.footprints)],
    ['ready after a kill', ms(readyMs)],
  ])
  return `${rows}\n${verdict(objections)}`
}

/** One run for people. */
export function absenceAsText(report: AbsenceReport): string {
  const { missed, way, readyMs, inStepMs, pace, survivors, objections } = report
  const rows = table([
    ['missed', `${missed} commands, made up for by ${way}`],
    ['ready, and in step', `${ms(readyMs)}, ${ms(inStepMs)} after its start`],
    ['the others before', paceText(pace.before)],
    ['while it was away', paceText(pace.away)],
    ['while it started', paceText(pace.starting)],
    ['while it caught up', paceText(pace.catchingUp)],
    ['after', paceText(pace.after)],
    ['the others, early', footprintsLine(survivors[0]!)],
    ['the others, late', footprintsLine(survivors.at(-1)!)],
  ])
  return `${rows}\n${verdict(objections)}`
}
