import { table } from '../../../../examples/cli/table.ts'
import { listed } from '../report.ts'
import type { CountReport, CountTrialOptions } from './trial.ts'

/** One run for people. */
export function countAsText({ objections, ...report }: CountReport): string {
  const { acknowledged, unknown, refused, finals, resends, resentElsewhere, longestWaitMs, faults, seconds } = report
  const rows = table([
    ['increments', `${acknowledged} acknowledged, ${unknown} unknown, ${refused} refused, in ${seconds} s`],
    ['counter', [...new Set(finals)].join(' or ')],
    ['sent again', `${resends} times, ${resentElsewhere} of them to another replica`],
    ['longest wait', `${longestWaitMs} ms`],
    ['faults', listed(faults)],
    ['run', objections.length === 0 ? 'ok' : 'FAILED'],
  ])
  return [rows, ...objections.map(each => `- ${each}`)].join('\n')
}

/** One run for programs: one line. */
export const countAsJson = (
  {
    replicas,
    clients,
    timeoutMs,
    restartAll,
  }: Pick<CountTrialOptions, 'replicas' | 'clients' | 'timeoutMs' | 'restartAll'>,
  report: CountReport,
): string => JSON.stringify({ mode: 'incr', replicas, clients, timeoutMs, restartAll, ...report })
