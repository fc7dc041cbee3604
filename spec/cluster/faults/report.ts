import { table } from '../../../examples/cli/table.ts'
import type { TrialOptions, TrialReport } from './trial.ts'

/** One run for people. */
export function asText({ faults, cuts, suspicions, linksDown, judgement, history, objections }: TrialReport): string {
  const { ok, failed, unknown, unexplained, longestWaitMs, verdict } = judgement
  const felt = [`${suspicions} suspicions`, `${linksDown} times a link went down`]
  if (cuts !== undefined)
    felt.push(
      `${cuts.streamsHeld} streams held, ${cuts.bytesDropped} bytes dropped, ${cuts.connectionsReset} connections reset`,
    )
  const rows = table([
    ['operations', `${ok} ok, ${failed} failed, ${unknown} unknown, ${unexplained.length} of them unexplained`],
    ['longest wait', `${longestWaitMs} ms`],
    ['faults', listed(faults)],
    ['felt', felt.join(', ')],
    ['verdict', `${verdict.verdict}: ${verdict.operations} operations on ${verdict.keys} keys`],
    ['history', history],
    ['run', objections.length === 0 ? 'ok' : 'FAILED'],
  ])
  return [rows, ...objections.map(each => `- ${each}`), ...(verdict.violation?.story ?? [])].join('\n')
}

/** One run for programs: one line. */
export function asJson(
  { mode, seconds, replicas }: Pick<TrialOptions, 'mode' | 'seconds' | 'replicas'>,
  report: TrialReport,
): string {
  const { judgement, ...rest } = report
  const { unexplained, verdict, ...counts } = judgement
  const { violation, undecidedKeys } = verdict
  return JSON.stringify({
    mode,
    seconds,
    replicas,
    ...rest,
    ...counts,
    unexplained: unexplained.length,
    verdict: verdict.verdict,
    undecidedKeys,
    ...(violation !== undefined && { violation: violation.story }),
  })
}

/** Counts by name, in words. */
export const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || 'none'
