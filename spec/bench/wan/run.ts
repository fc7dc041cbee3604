/** `npm run bench:wan`: commit and execution latency at five sites with real round trips, on simulated time. */

import { UsageError } from '../../support/parse-args.ts'
import { type Options, parseOptions, usage } from './options.ts'
import { type ReadsSummary, readShortfalls, summariseReads } from './reads-summary.ts'
import { asText, preamble, readsAsText } from './report.ts'
import { type PointSummary, shortfalls, summarise } from './summary.ts'
import { runWan, type WanRun } from './world.ts'

const warmUpMs = 3_000

function runsOf(options: Options, conflicts: number, flushMs: number, readersPerSite: number): readonly WanRun[] {
  return Array.from({ length: options.worlds }, (_, at) => {
    const beside = readersPerSite === 0 ? '' : ', with readers'
    process.stderr.write(
      `conflicts ${conflicts}, a flush ${flushMs} ms${beside}: world ${at + 1} of ${options.worlds}\n`,
    )
    return runWan({
      readersPerSite,
      seed: options.seed + at,
      conflicts,
      flushMs,
      clientsPerSite: options.clients,
      warmUpMs,
      measuredMs: options.seconds * 1_000,
      cutOff: options.cutOff,
      limits: options.limits,
    })
  })
}

const measure = (options: Options, conflicts: number, flushMs: number): PointSummary =>
  summarise(conflicts, flushMs, runsOf(options, conflicts, flushMs, 0))

const measureReads = (options: Options, conflicts: number): ReadsSummary =>
  summariseReads(
    conflicts,
    runsOf(options, conflicts, options.flushMs, options.readers).flatMap(({ readings }) => readings),
  )

function main(options: Options): void {
  if (options.help) {
    console.log(usage)
    return
  }
  if (!options.json) console.log(preamble())
  const points: PointSummary[] = []
  const reads: ReadsSummary[] = []
  for (const conflicts of options.conflicts) {
    const point = measure(options, conflicts, options.flushMs)
    const bare = measure(options, conflicts, 0)
    const objections = options.cutOff === undefined ? shortfalls(point) : []
    points.push(point, bare)
    if (!options.json) console.log(`\n${asText(point, bare, objections)}`)
    if (objections.length > 0) process.exitCode = 1
    // A site that is cut off answers no read meanwhile, and refuses some.
    if (options.readers === 0 || options.cutOff !== undefined) continue
    const read = measureReads(options, conflicts)
    const missed = readShortfalls(read)
    reads.push(read)
    if (!options.json) console.log(`\n${readsAsText(read, missed)}`)
    if (missed.length > 0) process.exitCode = 1
  }
  if (options.json) console.log(JSON.stringify({ points, reads }))
}

try {
  main(parseOptions(process.argv.slice(2)))
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(`bench:wan: ${error.message}\n\n${usage}`)
  process.exitCode = 2
}
