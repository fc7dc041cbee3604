import type { LoadPlan } from '../../../examples/bench/load-plan.ts'
import { type Figures, median } from '../../../examples/bench/results.ts'
import { type Bed, type Beds, planOf } from './bed.ts'
import { OpenPage } from './open-page.ts'
import type { Options } from './options.ts'

/** What an open page may make of p99, as a multiple. */
const mostP99 = 2

type Way = 'alone' | 'page'

/** Latency at half the maximum load, without and with the page, in interleaved rounds. @returns whether the bounds hold */
export async function compareLatency(options: Options, beds: Beds): Promise<boolean> {
  const { rounds } = options
  const bed = await beds.start('page')
  const closed = planOf(options)
  const ratePerSecond = options.rate ?? Math.round((await maximumOf(bed, closed)) / 2)
  const plan: LoadPlan = { ...closed, warmUpMs: 5_000, pace: { kind: 'open', ratePerSecond, inFlightMax: 20_000 } }
  const figures: { [way in Way]: Figures[] } = { alone: [], page: [] }
  let shown = 0
  const measure = async (way: Way, round: number): Promise<void> => {
    const page = way === 'page' ? await OpenPage.open(bed.endpoints) : undefined
    try {
      const result = await bed.run({ ...plan, seed: round })
      if (page !== undefined) shown = await page.shown()
      figures[way].push(result)
      const { throughput, p50, p99, failures } = result
      process.stderr.write(
        `round ${round} of ${rounds}, ${way}: ${Math.round(throughput)}/s, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, ${failures} failed${way === 'page' ? `, ${shown} events shown` : ''}\n`,
      )
    } finally {
      await page?.close()
    }
  }
  const ways: readonly Way[] = ['alone', 'page']
  for (let round = 1; round <= rounds; round++)
    for (const way of round % 2 === 0 ? [...ways].reverse() : ways) await measure(way, round)

  const rows = ways.map(way => {
    const of = (pick: (each: Figures) => number) => Number(median(figures[way].map(pick)).toFixed(2))
    return {
      way,
      throughput: Math.round(of(each => each.throughput)),
      p50: of(each => each.p50),
      p99: of(each => each.p99),
      failures: figures[way].reduce((sum, each) => sum + each.failures, 0),
    }
  })
  const ratio = median(figures.page.map((each, at) => each.p99 / figures.alone[at]!.p99))
  if (options.json) console.log(JSON.stringify({ rounds, plan, rows, p99Ratio: ratio, shown }))
  else {
    console.log(`page    operations/s  p50, ms  p99, ms  failed (medians of ${rounds} interleaved pairs)`)
    for (const { way, throughput, p50, p99, failures } of rows)
      console.log(
        `${way.padEnd(7)} ${String(throughput).padStart(12)}  ${String(p50).padStart(7)}  ${String(p99).padStart(7)}  ${failures}`,
      )
    console.log(`p99 with the page open is ${ratio.toFixed(2)} times that without (median of pairs)`)
  }
  const isFine = ratio < mostP99 && rows.every(({ failures }) => failures === 0) && shown > 0
  if (!isFine)
    console.error(`expected p99 under ${mostP99} times, no operation that failed, and a page that shows something`)
  return isFine
}

async function maximumOf(bed: Bed, plan: LoadPlan): Promise<number> {
  await bed.run(plan)
  const { throughput } = await bed.run(plan)
  process.stderr.write(`at most ${Math.round(throughput)}/s\n`)
  return throughput
}
