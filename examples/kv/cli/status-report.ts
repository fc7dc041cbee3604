import { askReplica } from './ask-replica.ts'
import { describeError } from './exit.ts'
import { table } from './table.ts'

/** A replica's status as it came; `status` shows the fields that it knows. */
export type ReplicaStatusFields = Readonly<Record<string, unknown>>

/** What one replica said of itself, or why it did not. */
export type ReplicaReport =
  | { readonly up: true; readonly endpoint: string; readonly status: ReplicaStatusFields }
  | { readonly up: false; readonly endpoint: string; readonly member?: number; readonly reason: string }

/** Asks every replica at once, each by itself. */
export function askStatus(
  endpoints: Iterable<readonly [member: number | undefined, endpoint: string]>,
  timeoutMs: number,
): Promise<readonly ReplicaReport[]> {
  return Promise.all([...endpoints].map(([member, endpoint]) => askOne(member, endpoint, timeoutMs)))
}

async function askOne(member: number | undefined, endpoint: string, timeoutMs: number): Promise<ReplicaReport> {
  const who = { endpoint, ...(member !== undefined && { member }) }
  try {
    const status = await askReplica(endpoint, timeoutMs)
    if (typeof status === 'object' && status !== null) return { up: true, endpoint, status: { ...status } }
    return { up: false, ...who, reason: `${endpoint} answered no status` }
  } catch (error) {
    return { up: false, ...who, reason: describeError(error) }
  }
}

const numberOf = (status: ReplicaStatusFields, field: string): number | undefined => {
  const value = status[field]
  return typeof value === 'number' ? value : undefined
}
const shown = (value: number | undefined): string => (value === undefined ? '-' : String(value))

/** Own commands that were committed in one round trip, of all own ones since the start. */
function fastShare(status: ReplicaStatusFields): string {
  const fast = numberOf(status, 'fastPathCommands')
  const slow = numberOf(status, 'slowPathCommands')
  if (fast === undefined || slow === undefined || fast + slow === 0) return '-'
  return `${((100 * fast) / (fast + slow)).toFixed(1)} %`
}

function linksOf(status: ReplicaStatusFields): string {
  const { links } = status
  if (typeof links !== 'object' || links === null) return '-'
  return Object.entries(links)
    .map(([peer, link]) => `${peer} ${typeof link === 'object' && link !== null ? JSON.stringify(link) : link}`)
    .join(', ')
}

const columns = ['replica', 'endpoint', 'state', 'committed', 'executed', 'fast path', 'lag', 'links'] as const

function cellsOf(report: ReplicaReport): readonly string[] {
  if (!report.up) return [shown(report.member), report.endpoint, 'down', '-', '-', '-', '-', '-']
  const { status } = report
  return [
    shown(numberOf(status, 'member')),
    report.endpoint,
    `up, ${status.state}`,
    shown(numberOf(status, 'committed')),
    shown(numberOf(status, 'executed')),
    fastShare(status),
    shown(numberOf(status, 'lag')),
    linksOf(status),
  ]
}

/** For people: a row a replica. */
export const statusTable = (reports: readonly ReplicaReport[]): string => table([columns, ...reports.map(cellsOf)])

/** The same in one line. */
export const statusLine = (reports: readonly ReplicaReport[]): string =>
  reports
    .map(report => {
      const [replica, , state, committed, executed, fast, lag] = cellsOf(report)
      if (!report.up) return `${replica} down`
      return `${replica} ${state}, committed ${committed}, executed ${executed}, fast path ${fast}, lag ${lag}`
    })
    .join('; ')
