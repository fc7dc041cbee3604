/**
 * A real cluster under load and faults: `npm run faults -- kill 20` kills a random replica again and again, restarts it
 * 1 s later, and checks what clients saw; `npm run faults -- freeze 20` stops and continues them instead (SIGSTOP).
 * Exit code 0 when nothing but operations in flight at the replica that was hit is unknown, and the history is
 * linearizable.
 */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { checkHistory, type History, readHistory } from '../sim/linearizability/index.ts'
import { RealCluster } from './real-cluster.ts'
import { startCli } from './run-cli.ts'

type Fault = 'kill' | 'freeze' | 'none'
interface Hit {
  readonly replica: number
  readonly atNs: bigint
  readonly endNs: bigint
  /** From its new process to its ready line. */
  readonly readyMs: number
}

const [fault = 'kill', secondsText = '20'] = process.argv.slice(2) as [Fault?, string?]
const seconds = Number(secondsText)
if (!['kill', 'freeze', 'none'].includes(fault) || !(seconds > 0)) {
  process.stderr.write('usage: npm run faults -- kill|freeze|none [seconds]\n')
  process.exit(2)
}

const cluster = await RealCluster.create(3)
process.once('SIGINT', () => cluster.dispose().then(() => process.exit(130)))
try {
  process.exitCode = await trial()
} finally {
  await cluster.dispose()
}

async function trial(): Promise<number> {
  await cluster.startAll('--bootstrap')
  const file = join(cluster.directory, 'history.jsonl')
  const load = startCli([
    ...['workload', '--endpoints', cluster.endpoints.join(','), '--clients', '32', '--seconds', String(seconds)],
    ...['--keys', '50', '--history', file, '--timeout', '5000', '--json'],
  ])
  const hits: Hit[] = []
  let over = false
  void load.ended.then(() => {
    over = true
  })
  await sleep(3_000)
  while (!over) {
    hits.push(await hit(1 + (Math.floor(hits.length * 1.7 + seconds) % 3)))
    await sleep(2_000)
  }
  const ended = await load.ended
  const digest = await cluster.inStep()
  process.stderr.write(`${ended.stderr.split('\n').slice(-3).join('\n')}\n`)
  const history = await read(file)
  const report = judge(history, hits)
  console.log(JSON.stringify({ fault, seconds, load: JSON.parse(ended.stdout), digest, ...report }, null, 1))
  return report.unexplained === 0 && report.verdict === 'linearizable' ? 0 : 1
}

async function hit(replica: number): Promise<Hit> {
  const atNs = process.hrtime.bigint()
  let readyMs = 0
  if (fault === 'kill') {
    await cluster.kill(replica)
    await sleep(1_000)
    const from = performance.now()
    await cluster.start(replica)
    readyMs = Math.round(performance.now() - from)
  } else if (fault === 'freeze') {
    process.kill(cluster.pidOf(replica), 'SIGSTOP')
    await sleep(1_500)
    process.kill(cluster.pidOf(replica), 'SIGCONT')
  } else await sleep(1_000)
  return { replica, atNs, endNs: process.hrtime.bigint(), readyMs }
}

async function read(file: string): Promise<History> {
  return readHistory(createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY }))
}

/** What clients saw: who waited how long, and whether every unknown outcome was under way when a replica was hit. */
function judge({ operations }: History, hits: readonly Hit[]) {
  const answered = operations.filter(op => op.end !== null)
  const unknown = operations.filter(op => op.end === null)
  // An unknown outcome is explained by a hit that came after its start, no later than the time-out.
  const explained = (start: bigint) => hits.some(hit => start <= hit.endNs && hit.atNs - start < 5_000_000_000n)
  const longest = answered.reduce<{ ms: number; at: bigint }>(
    (max, op) => {
      const ms = Number(op.end! - op.start) / 1e6
      return ms > max.ms ? { ms, at: op.start } : max
    },
    { ms: 0, at: 0n },
  )
  const verdict = checkHistory(operations)
  return {
    hits: hits.map(({ replica, readyMs }) => ({ replica, readyMs })),
    operations: operations.length,
    unknown: unknown.length,
    unexplained: unknown.filter(op => !explained(op.start)).length,
    longestWaitMs: Math.round(longest.ms),
    verdict: verdict.verdict,
    undecidedKeys: verdict.undecidedKeys,
    ...(verdict.violation === undefined ? {} : { violation: verdict.violation.story }),
  }
}
