import { setTimeout as sleep } from 'node:timers/promises'
import { Command } from 'commander'
import { EpaxosError } from '../../index.ts'
import { endpointsOption, jsonOption, timeoutOption } from './options.ts'
import { jsonLine, tellLine } from './output.ts'
import { askStatus, type ReplicaReport, statusTable } from './status-report.ts'

interface StatusFlags {
  readonly endpoints: readonly string[]
  readonly timeout: number
  readonly json?: true
  readonly wait?: true
}

/** Time between two questions of `--wait`. */
const pollMs = 200

/** `epaxos status`: how each replica is; exit code 3 when none answers, with `--wait` when one has not caught up. */
export const statusCommand = (): Command =>
  new Command('status')
    .description(
      'show of each replica: up or down, committed, executed, fast-path share, lag, records kept, sessions, checkpoint; flush times, event loop delay, garbage collection of the last 30 to 60 s',
    )
    .addOption(endpointsOption())
    .option('-w, --wait', 'until every one of them is up and has caught up, or the timeout is over (exit code 3)')
    .addOption(timeoutOption())
    .addOption(jsonOption())
    .action(async (flags: StatusFlags) => {
      const reports = await askUntilDone(flags)
      process.stdout.write(flags.json ? jsonLine(reports) : `${statusTable(reports)}\n`)
      for (const report of reports) if (!report.up) tellLine(process.stderr, `epaxos: ${report.reason}`)
      if (reports.every(report => !report.up)) {
        throw new EpaxosError('unavailable', `none of ${reports.length} replicas answered within ${flags.timeout} ms`)
      }
      const behind = reports.filter(report => !hasCaughtUp(report))
      if (flags.wait && behind.length > 0) {
        const who = behind.map(({ endpoint }) => endpoint).join(', ')
        throw new EpaxosError('unavailable', `not caught up within ${flags.timeout} ms: ${who}`)
      }
    })

const hasCaughtUp = (report: ReplicaReport): boolean =>
  report.up && report.status.state === 'voting' && report.status.caughtUp === true

/** The answers of all; with `--wait` the first in which all have caught up, or the last in time. */
async function askUntilDone({ endpoints, timeout, wait }: StatusFlags): Promise<readonly ReplicaReport[]> {
  const untilMs = performance.now() + timeout
  const asked = endpoints.map(endpoint => [undefined, endpoint] as const)
  for (;;) {
    const reports = await askStatus(asked, Math.max(1, untilMs - performance.now()))
    if (!wait || reports.every(hasCaughtUp) || performance.now() + pollMs >= untilMs) return reports
    await sleep(pollMs)
  }
}
