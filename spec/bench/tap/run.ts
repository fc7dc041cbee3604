/** `npm run bench:tap`: what being watched costs a cluster. */
import { UsageError } from '../../support/parse-args.ts'
import { Beds } from './bed.ts'
import { compareLatency } from './latency.ts'
import { type Options, parseOptions, usage } from './options.ts'
import { compareThroughput } from './throughput.ts'

/** @returns whether the bounds hold */
async function main(options: Options, signal: AbortSignal): Promise<boolean> {
  const beds = new Beds(options, signal)
  try {
    return await (options.page ? compareLatency : compareThroughput)(options, beds)
  } finally {
    await beds.dispose()
  }
}

const interrupted = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort())
try {
  const options = parseOptions(process.argv.slice(2))
  if (options.help) console.log(usage)
  else if (!(await main(options, interrupted.signal))) process.exitCode = 1
} catch (error) {
  if (interrupted.signal.aborted) process.exitCode = 130
  else if (error instanceof UsageError) {
    console.error(`${error.message}\n\n${usage}`)
    process.exitCode = 2
  } else throw error
}
