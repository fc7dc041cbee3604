/** `npm run bench:tap`: what being watched costs a cluster. */
import { UsageError } from '../../support/parse-args.ts'
import { Beds } from './bed.ts'
import { compareLatency } from './latency.ts'
import { parseOptions, usage } from './options.ts'
import { compareThroughput } from './throughput.ts'

const interrupted = 130

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2))
  if (options.help) {
    console.log(usage)
    return
  }
  const beds = new Beds(options)
  process.once('SIGINT', () => {
    process.exitCode = interrupted
    // What is under way fails with what it is measured on; what was started ends.
    void beds.dispose().finally(() => process.exit())
  })
  try {
    const isFine = await (options.page ? compareLatency : compareThroughput)(options, beds)
    if (!isFine) process.exitCode = 1
  } finally {
    await beds.dispose()
  }
}

try {
  await main()
} catch (error) {
  if (process.exitCode === interrupted) process.exit()
  if (!(error instanceof UsageError)) throw error
  console.error(`${error.message}\n\n${usage}`)
  process.exitCode = 2
}
