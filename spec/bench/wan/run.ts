/** `npm run bench:wan`: commit and execution latency at five sites with real round trips, on simulated time. */

import { UsageError } from '../../support/parse-args.ts'
import { type Options, parseOptions, usage } from './options.ts'
import { asText, preamble } from './report.ts'
import { type PointSummary, shortfalls, summarise } from './summary.ts'
import { runWan } from './world.ts'

const warmUpMs = 3_000

function measure(options: Options, conflicts: number, flushMs: number): PointSummary {
  const runs = Array.from({ length: options.worlds }, (_, at) => {
    process.stderr.write(`conflicts ${conflicts}, a flush ${flushMs} ms: world ${at + 1} of ${options.worlds}\n`)
    return runWan({
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
  return summarise(conflicts, flushMs, runs)
}

function main(options: Options): void {
  if (options.help) {
    console.log(usage)
    return
  }
  if (!options.json) console.log(preamble())
  const points: PointSummary[] = []
  for (const conflicts of options.conflicts) {
    const point = measure(options, conflicts, options.flushMs)
    const bare = measure(options, conflicts, 0)
    const objections = options.cutOff === undefined ? shortfalls(point) : []
    points.push(point, bare)
    if (!options.json) console.log(`\n${asText(point, bare, objections)}`)
    if (objections.length > 0) process.exitCode = 1
  }
  if (options.json) console.log(JSON.stringify(points))
}

try {
  main(parseOptions(process.argv.slice(2)))
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(`bench:wan: ${error.message}\n\n${usage}`)
  process.exitCode = 2
}
