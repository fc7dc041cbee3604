import { type Chart, type ChartSeries, svgOf } from './charts.ts'
import { Latencies } from './latencies.ts'
import type { LoadPlan } from './load-plan.ts'
import { pointLabel } from './points.ts'
import type { Figures, Row } from './results.ts'

export interface HtmlReport {
  /** The machine, the options, and when. */
  readonly about: readonly string[]
  readonly plans: readonly LoadPlan[]
  readonly rows: readonly Row[]
  /** The text of the report. */
  readonly text: string
}

/** Where the curve of a latency distribution is drawn, as `1 / (1 - share)`: 2 is the median, 100 is p99. */
const depths = Array.from({ length: 61 }, (_, at) => 10 ** (at / 15))

/** One self-contained page: charts as SVG, and the tables as they were printed. */
export function htmlReport({ about, plans, rows, text }: HtmlReport): string {
  const categories = plans.map(pointLabel)
  const contenders = [...new Set(rows.map(({ contender }) => contender))]
  const isOther = (contender: string) => contender !== contenders[0]
  const line = (name: string, contender: string, pick: (figures: Figures) => number): ChartSeries => ({
    name,
    isDashed: isOther(contender),
    points: rows
      .filter(row => row.contender === contender)
      .map(({ plan, medians }) => [plans.indexOf(plan), pick(medians)] as const),
  })
  const charts: readonly Chart[] = [
    {
      title: 'Throughput',
      x: 'load',
      y: 'operations a second',
      categories,
      isLogarithmic: false,
      series: contenders.map(name => line(name, name, ({ throughput }) => throughput)),
    },
    {
      title: 'Latency',
      x: 'load',
      y: 'milliseconds',
      categories,
      isLogarithmic: true,
      series: contenders.flatMap(name => [
        line(`${name} p50`, name, ({ p50 }) => p50),
        line(`${name} p99`, name, ({ p99 }) => p99),
      ]),
    },
    {
      title: 'Latency, the whole distribution',
      x: '1 / (1 - share of the operations): 2 is the median, 100 is p99, 1000 is p99.9',
      y: 'milliseconds',
      categories: undefined,
      isLogarithmic: true,
      series: rows.map(row => ({
        name: `${row.contender}, ${pointLabel(row.plan)}`,
        isDashed: isOther(row.contender),
        points: distribution(Latencies.decode(row.latencies)),
      })),
    },
  ]
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>epaxos bench</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:900px;margin:2em auto;padding:0 1em}pre{overflow-x:auto;font-size:12px}svg{max-width:100%;height:auto}</style>
<h1>epaxos bench</h1>
<ul>${about.map(each => `<li>${escaped(each)}</li>`).join('')}</ul>
${charts.map(svgOf).join('\n')}
<pre>${escaped(text)}</pre>
</html>
`
}

const distribution = (latencies: Latencies): ChartSeries['points'] =>
  depths
    // Beyond the number of operations there is nothing to draw.
    .filter(depth => depth <= latencies.count)
    .map(depth => [depth, latencies.at(100 * (1 - 1 / depth))] as const)

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, char => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char]!)
