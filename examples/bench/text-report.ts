import { table } from '../cli/table.ts'
import type { LoadPlan } from './load-plan.ts'
import { paceLabel } from './points.ts'
import type { Figures, Ratio, Row } from './results.ts'

const grouped = (value: number): string => Math.round(value).toLocaleString('en-US')
const ms = (value: number): string => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)
const orDash = (value: number | undefined, show: (value: number) => string): string =>
  value === undefined ? '-' : show(value)

const columns = ['target', 'load', 'conflicts', 'value bytes', 'operations/s', 'p50 ms', 'p99 ms', 'p99.9 ms', 'max ms']
const usage = ['servers us/op', 'waiting us/op', 'client us/op', 'client busy', 'MiB a server', 'failed']

const cells = ({
  throughput,
  p50,
  p99,
  p999,
  max,
  serverUs,
  waitUs,
  clientUs,
  clientBusy,
  rssMib,
  failures,
}: Figures) => [
  grouped(throughput),
  ms(p50),
  ms(p99),
  ms(p999),
  ms(max),
  orDash(serverUs, value => value.toFixed(0)),
  orDash(waitUs, value => value.toFixed(0)),
  clientUs.toFixed(1),
  `${(clientBusy * 100).toFixed(0)} %`,
  orDash(rssMib, value => value.toFixed(0)),
  grouped(failures),
]

/** Medians, one line for each target at each point; then, of several targets, what `first` is of the others. */
export function textReport(
  plans: readonly LoadPlan[],
  rows: readonly Row[],
  ratios: readonly Ratio[],
  first: string,
): string {
  const lines = rows.map(({ contender, plan, medians }) => [
    contender,
    paceLabel(plan.pace),
    String(plan.conflictShare),
    grouped(plan.valueBytes),
    ...cells(medians),
  ])
  const parts = [table([[...columns, ...usage], ...lines])]
  const open = rows.filter(({ medians }) => medians.servedP50 !== undefined)
  if (open.length > 0)
    parts.push(
      table([
        ['target', 'load', 'p50 ms from sending', 'p99 ms from sending'],
        ...open.map(({ contender, plan, medians }) => [
          contender,
          paceLabel(plan.pace),
          orDash(medians.servedP50, ms),
          orDash(medians.servedP99, ms),
        ]),
      ]),
    )
  if (ratios.length > 0)
    parts.push(
      table([
        [`${first} as a multiple of`, 'load', 'conflicts', 'value bytes', 'operations/s', 'p50', 'p99'],
        ...ratios.map(({ point, to, throughput, p50, p99 }) => [
          to,
          paceLabel(plans[point]!.pace),
          String(plans[point]!.conflictShare),
          grouped(plans[point]!.valueBytes),
          throughput.toFixed(2),
          p50.toFixed(2),
          p99.toFixed(2),
        ]),
      ]),
    )
  return parts.join('\n\n')
}
