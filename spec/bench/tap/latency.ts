import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { LoadPlan } from '../../../examples/kv/bench/load-plan.ts'
import { type Figures, median } from '../../../examples/kv/bench/results.ts'
import { DebuggerPage, launch } from '../../browser/support/browser.ts'
import { type Bed, type Beds, planOf } from './bed.ts'
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
    const page = way === 'page' ? await OpenPage.open(bed, beds) : undefined
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

const program = fileURLToPath(new URL('../../../examples/kv/cli/main.ts', import.meta.url))

/** The debugger as a process, and its page in a browser of its own. */
class OpenPage {
  readonly #closing: (() => Promise<unknown>)[] = []
  #page!: DebuggerPage

  static async open(bed: Bed, beds: Beds): Promise<OpenPage> {
    const own = new OpenPage()
    beds.closeFirst(() => own.close())
    try {
      await own.#open(bed)
      return own
    } catch (error) {
      await own.close()
      throw error
    }
  }

  async #open(bed: Bed): Promise<void> {
    const debug = spawn(
      process.execPath,
      [...process.execArgv, program, 'debug', '--endpoints', bed.endpoints.join(','), '--no-open'],
      { stdio: ['ignore', 'pipe', 'inherit'], detached: true },
    )
    this.#closing.push(() => stopped(debug))
    const url = await linkOf(debug)
    const browser = await launch()
    this.#closing.push(() => browser.close())
    this.#page = await DebuggerPage.open(browser, url)
    await this.#page.until('epaxos.timeline?.state.replicas.every(each => each.state === "voting")')
  }

  /** Events of the trace that the page has taken in. */
  shown(): Promise<number> {
    return this.#page.evaluate('epaxos.timeline.last')
  }

  /** Once is enough, twice does no harm. */
  async close(): Promise<void> {
    for (let close = this.#closing.pop(); close !== undefined; close = this.#closing.pop()) await close()
  }
}

/** The link that the debugger prints. */
async function linkOf(debug: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: debug.stdout! })) {
    const url = /http:\/\/\S+/.exec(line)?.[0]
    if (url !== undefined) return url
  }
  throw new Error('the debugger ended before it had printed its link')
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}
