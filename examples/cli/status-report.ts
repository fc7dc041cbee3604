import { gateReasons, harmless } from '../../index.ts'
import { askReplica } from './ask-replica.ts'
import { describeError } from './exit.ts'
import { numberOf, objectOf, type ReplicaStatusFields, shown } from './status-fields.ts'
import { latencyColumns, latencyRows } from './status-latencies.ts'
import { readsLines } from './status-reads.ts'
import { stallLines } from './status-stalls.ts'
import { table } from './table.ts'

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

/** Records kept, and per member up to where older ones are gone. */
function recordsOf(status: ReplicaStatusFields): string {
  const { floor } = status
  const gone = Array.isArray(floor) && floor.some(upTo => upTo > 0) ? ` above ${floor.join(' ')}` : ''
  return `${shown(numberOf(status, 'records'))}${gone}`
}

/** The size and age of the latest checkpoint; of one on its way from another replica, how much is here. */
function checkpointOf(status: ReplicaStatusFields): string {
  const latest = objectOf(status, 'snapshot')
  const coming = objectOf(status, 'snapshotTransfer')
  const parts: string[] = []
  if (latest !== undefined)
    parts.push(`${inUnits(numberOf(latest, 'bytes'))}, ${inSeconds(numberOf(latest, 'agoMs'))} ago`)
  if (coming !== undefined)
    parts.push(`fetching ${inUnits(numberOf(coming, 'received'))} of ${inUnits(numberOf(coming, 'size'))}`)
  return parts.length === 0 ? '-' : parts.join('; ')
}

function inUnits(bytes = 0): string {
  if (bytes < 1_000) return `${bytes} B`
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`
  return bytes < 1_000_000_000 ? `${(bytes / 1_000_000).toFixed(1)} MB` : `${(bytes / 1_000_000_000).toFixed(1)} GB`
}

const inSeconds = (ms = 0): string => `${(ms / 1_000).toFixed(0)} s`

const columns = [
  'replica',
  'endpoint',
  'state',
  'committed',
  'executed',
  'fast path',
  'lag',
  'records',
  'index keys',
  'sessions',
  'checkpoint',
  'links',
] as const

function stateOf({ disk, state, caughtUp }: ReplicaStatusFields): string {
  if (disk === 'full') return 'its disk is full'
  if (disk === 'stalled') return 'its disk does not answer'
  return state === 'voting' && caughtUp === false ? 'voting, catching up' : `${state}`
}

/** What a replica says of itself may be anything. */
const cellsOf = (report: ReplicaReport): readonly string[] => rawCellsOf(report).map(harmless)

function rawCellsOf(report: ReplicaReport): readonly string[] {
  if (!report.up) return [shown(report.member), report.endpoint, 'down', ...columns.slice(3).map(() => '-')]
  const { status } = report
  return [
    shown(numberOf(status, 'member')),
    report.endpoint,
    `up, ${stateOf(status)}`,
    shown(numberOf(status, 'committed')),
    shown(numberOf(status, 'executed')),
    fastShare(status),
    shown(numberOf(status, 'lag')),
    recordsOf(status),
    indexOf(status),
    shown(numberOf(status, 'sessions')),
    checkpointOf(status),
    linksOf(status),
  ]
}

/** Why commands wait to be proposed, of each replica at which some do. */
function waitingLines(reports: readonly ReplicaReport[]): readonly string[] {
  return reports.flatMap(report => {
    if (!report.up) return []
    const queued = numberOf(report.status, 'queued') ?? 0
    const { gate } = report.status
    if (queued === 0 || typeof gate !== 'string' || !(gate in gateReasons)) return []
    const reason = gateReasons[gate as keyof typeof gateReasons]
    return [`replica ${shown(numberOf(report.status, 'member'))}: ${queued} commands wait to be proposed (${reason})`]
  })
}

/** Why records are not let go, of each replica whose state machine gives no state. */
function snapshotLines(reports: readonly ReplicaReport[]): readonly string[] {
  return reports.flatMap(report => {
    if (!report.up || typeof report.status.snapshotError !== 'string') return []
    const { snapshotError } = report.status
    return [`replica ${shown(numberOf(report.status, 'member'))}: no records are let go (${snapshotError})`]
  })
}

/**
 * For people: a row a replica; below, for those who say it, what their latencies are made of, why commands and reads wait, why
 * records stay, and when they stood still.
 */
export function statusTable(reports: readonly ReplicaReport[]): string {
  const latencies = latencyRows(reports)
  const lines = [...waitingLines(reports), ...readsLines(reports), ...snapshotLines(reports), ...stallLines(reports)]
  const parts = [table([columns, ...reports.map(cellsOf)])]
  if (latencies.length > 0) parts.push(table([latencyColumns, ...latencies]))
  if (lines.length > 0) parts.push(lines.join('\n'))
  return parts.join('\n\n')
}

/** The same in one line. */
export const statusLine = (reports: readonly ReplicaReport[]): string =>
  reports
    .map(report => {
      const [replica, , state, committed, executed, fast, lag] = cellsOf(report)
      if (!report.up) return `${replica} down`
      return `${replica} ${state}, committed ${committed}, executed ${executed}, fast path ${fast}, lag ${lag}`
    })
    .join('; ')

/** Keys in the conflict index, and the members without which none leaves it. */
function indexOf(status: ReplicaStatusFields): string {
  const keys = shown(numberOf(status, 'indexKeys'))
  const held = Array.isArray(status.indexHeldBy) ? status.indexHeldBy.map(String) : []
  return held.length === 0 ? keys : `${keys}, held by ${held.join(' ')}`
}
