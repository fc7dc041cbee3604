import { Command } from 'commander'
import { EpaxosError } from '../../index.ts'
import { endpointsOption, jsonOption, timeoutOption } from './options.ts'
import { jsonLine, tellLine } from './output.ts'
import { askStatus, statusTable } from './status-report.ts'

interface StatusFlags {
  readonly endpoints: readonly string[]
  readonly timeout: number
  readonly json?: true
}

/** `epaxos status`: how each replica is; exit code 3 when none answers. */
export const statusCommand = (): Command =>
  new Command('status')
    .description(
      'show of each replica: up or down, committed, executed, fast-path share, lag, records kept, sessions, snapshot; flush times, event loop delay, garbage collection of the last 30 to 60 s',
    )
    .addOption(endpointsOption())
    .addOption(timeoutOption())
    .addOption(jsonOption())
    .action(async (flags: StatusFlags) => {
      const reports = await askStatus(
        flags.endpoints.map(endpoint => [undefined, endpoint] as const),
        flags.timeout,
      )
      process.stdout.write(flags.json ? jsonLine(reports) : `${statusTable(reports)}\n`)
      for (const report of reports) if (!report.up) tellLine(process.stderr, `epaxos: ${report.reason}`)
      if (reports.every(report => !report.up)) {
        throw new EpaxosError('unavailable', `none of ${reports.length} replicas answered within ${flags.timeout} ms`)
      }
    })
