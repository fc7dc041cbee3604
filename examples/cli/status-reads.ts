import { readsReasons } from '../../index.ts'
import { numberOf, objectOf, type ReplicaStatusFields, shown } from './status-fields.ts'
import type { ReplicaReport } from './status-report.ts'

/** Why reads wait, and that commands wait for reads, of each replica at which some do. */
export function readsLines(reports: readonly ReplicaReport[]): readonly string[] {
  return reports.flatMap(report => {
    if (!report.up) return []
    const replica = `replica ${shown(numberOf(report.status, 'member'))}`
    const held = numberOf(report.status, 'heldByReads') ?? 0
    const waiting = waitingOf(objectOf(report.status, 'readsWaiting') ?? {})
    return [
      ...(waiting === undefined ? [] : [`${replica}: ${waiting}`]),
      ...(held > 0 ? [`${replica}: on ${held} connections the next command waits for a read before it`] : []),
    ]
  })
}

/** In words; undefined where no read waits, and for a verdict of a later version. */
function waitingOf(reads: ReplicaStatusFields): string | undefined {
  const { verdict, unanswered } = reads
  const count = numberOf(reads, 'count') ?? 0
  if (count === 0 || typeof verdict !== 'string' || !Object.hasOwn(readsReasons, verdict)) return undefined
  const awaits = objectOf(reads, 'awaits') ?? {}
  const member = numberOf(awaits, 'member')
  const id = member === undefined ? '' : `: ${member}.${shown(numberOf(awaits, 'index'))}`
  const of = Array.isArray(unanswered) && unanswered.length > 0 ? `: ${unanswered.map(Number).join(', ')}` : ''
  return `${count} ${count === 1 ? 'read waits' : 'reads wait'} (${readsReasons[verdict as keyof typeof readsReasons]}${id}${of})`
}
