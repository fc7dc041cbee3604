import { table } from '../../examples/cli/table.ts'
import { listed } from '../cluster/faults/report.ts'
import type { Fare } from './honest.ts'
import type { TrialReport } from './trial.ts'

/** A run for people. @param left the file with the latest attacks, if something was found */
export function asText(report: TrialReport, left: string | undefined): string {
  const { door, seed, seconds, attacks, kinds, dropped, before, beside, during, residentMib, servedAfterMs, findings } =
    report
  const rows = table([
    ['door', `${door}, seed ${seed}`],
    ['attacks', `${attacks} in ${seconds} s: ${listed(kinds)}`],
    ...(dropped > 0 ? [['not sent', `${dropped} frames: the member was shut out`]] : []),
    ['honest clients before', fareText(before)],
    ['attacks on nobody', fareText(beside)],
    ['meanwhile', fareText(during)],
    ['most memory, MiB', listed(residentMib)],
    ['served again after', servedAfterMs === undefined ? 'not in time' : `${servedAfterMs} ms`],
    ['run', findings.length === 0 ? 'ok' : 'FAILED'],
  ])
  const how = left === undefined ? [] : [`again: npm run fuzz -- ${door} --replay ${left}`]
  return [rows, ...findings.map(each => `- ${each}`), ...how].join('\n')
}

const fareText = ({ answered, failed, p50Ms, p99Ms, longestMs }: Fare): string =>
  `${answered} answered, ${failed.length} failed, p50 ${p50Ms} ms, p99 ${p99Ms} ms, longest ${longestMs} ms`

/** A run for programs: one line. */
export function asJson({ latest: _, output: __, ...report }: TrialReport, left: string | undefined): string {
  return JSON.stringify({ ...report, ...(left === undefined ? undefined : { replay: left }) })
}
