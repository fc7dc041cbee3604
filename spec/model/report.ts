import type { Configuration } from './configuration.ts'
import type { Findings } from './search.ts'

/** What an exploration has found, and how long it took. */
export interface Report extends Findings {
  readonly seconds: number
  readonly megabytes: number
}

/** @param startMs when the exploration began, by performance.now() */
export const reportOf = (findings: Findings, startMs: number): Report => ({
  ...findings,
  seconds: Math.round((performance.now() - startMs) / 100) / 10,
  megabytes: Math.round(process.memoryUsage().rss / 1e6),
})

/** One line: how far it got. */
export const reportLine = (report: Report): string =>
  [
    `${report.states} states${report.symmetries > 1 ? ` (of ${report.symmetries} that mirror each other, one)` : ''}`,
    `${report.transitions} transitions`,
    report.violation === undefined && report.waiting > 0 ? `${report.waiting} waiting` : undefined,
    `depth ${report.depth}`,
    `${report.seconds} s`,
    `${report.megabytes} MB`,
  ]
    .filter(each => each !== undefined)
    .join(', ')

/** What keeps a sound configuration from being done: rules that were never taken, or states left to explore. */
export const missing = (configuration: Configuration, report: Report): string[] => [
  ...configuration.takes.filter(rule => report.rules[rule] === undefined),
  ...(report.waiting > 0 ? [`${report.waiting} states`] : []),
]

/** Rules by configuration: how many transitions took them. */
export function ruleTable(reports: readonly Report[]): string {
  const rules = [...new Set(reports.flatMap(report => Object.keys(report.rules)))].sort()
  return [
    `| rule | ${reports.map(report => report.configuration).join(' | ')} |`,
    `|---|${reports.map(() => '---:|').join('')}`,
    ...rules.map(rule => `| ${rule} | ${reports.map(report => report.rules[rule] ?? '').join(' | ')} |`),
  ].join('\n')
}
