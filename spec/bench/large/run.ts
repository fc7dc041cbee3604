/** `npm run bench:large`: many large values at once through one client of real replicas. `--help` tells more. */

import { RealCluster } from '../../cluster/real-cluster.ts'
import { type Flags, parseFlags, UsageError, whole } from '../../support/parse-args.ts'
import { type LargeReport, measureLarge } from './bed.ts'

const usage = `npm run bench:large -- [--puts 300] [--gets 300] [--keys 20] [--bytes 1000000] [--rate MIB] [--timeout 180]

Puts and gets large values through one client of three replicas, all at once, while other clients do small things.

  --puts N, --gets N   at once (300)
  --keys N             of the values (20)
  --bytes N            of each value (1000000)
  --rate MIB           the client's link carries so many MiB a second in each direction; left out: loopback itself
  --timeout SECONDS    of each call (180)
  --source             run the source, which takes more memory, not the build (npm run build)
  --json               print JSON
  --help               this text

Exit code: 0 every call succeeded; 1 one did not; 2 usage.`

function print({ puts, gets, residentMib, others, otherErrors }: LargeReport): void {
  for (const [name, { asked, succeeded, failed, seconds }] of Object.entries({ puts, gets })) {
    const words = Object.entries(failed).map(([code, count]) => `, ${code} ${count}`)
    process.stdout.write(`${name}: ${succeeded} of ${asked} in ${seconds.toFixed(1)} s${words.join('')}\n`)
  }
  process.stdout.write(`replicas: at most ${residentMib.join(', ')} MiB resident\n`)
  const { count, p50Ms, p99Ms, maxMs } = others
  const ms = [p50Ms, p99Ms, maxMs].map(wait => wait.toFixed(0)).join(', ')
  process.stdout.write(`others: ${count} commands, p50, p99, longest ${ms} ms, ${otherErrors.length} errors\n`)
}

const options = {
  puts: { type: 'string', default: '300' },
  gets: { type: 'string', default: '300' },
  keys: { type: 'string', default: '20' },
  bytes: { type: 'string', default: '1000000' },
  rate: { type: 'string' },
  timeout: { type: 'string', default: '180' },
  source: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const satisfies Flags

async function main(args: readonly string[]): Promise<void> {
  const values = parseFlags(args, options)
  if (values.help) {
    process.stdout.write(`${usage}\n`)
    return
  }
  const of = (flag: 'puts' | 'gets' | 'keys' | 'bytes' | 'timeout', least: number) =>
    whole(`--${flag}`, values[flag], least)
  const load = { puts: of('puts', 0), gets: of('gets', 0), keys: of('keys', 1), bytes: of('bytes', 10) }
  const timeoutMs = of('timeout', 1) * 1_000
  const bytesPerSecond = values.rate === undefined ? undefined : whole('--rate', values.rate, 1) * 1024 * 1024
  const cluster = await RealCluster.create(3, { built: !values.source })
  try {
    await cluster.startAll('--bootstrap')
    const report = await measureLarge(cluster, { ...load, timeoutMs, bytesPerSecond })
    if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`)
    else print(report)
    const { puts, gets } = report
    if (puts.succeeded < puts.asked || gets.succeeded < gets.asked) process.exitCode = 1
  } finally {
    await cluster.dispose()
  }
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
