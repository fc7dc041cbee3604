import { defaultLimits, quorumsOf } from '../../../index.ts'
import { Table } from '../../../spec/scenarios/support/table.ts'
import type { Told } from '../../../spec/scenarios/told/told.ts'
import { Encoder, type ShowPayload } from '../trace/encode.ts'
import { type TraceEvent, type TraceHeader, traceVersion } from '../trace/format.ts'
import { traceWatcher } from './watcher.ts'

/**
 * A directed history of the catalogue as a trace: a step of its schedule takes a millisecond, and captions say what is seen.
 * @throws Error when it does not end as it says: the replicas have changed
 */
export function recordScenario(
  { title, n, limits, tell }: Told,
  show?: ShowPayload,
): { readonly header: TraceHeader; readonly events: readonly TraceEvent[] } {
  const members = Array.from({ length: n }, (_, rank) => rank + 1)
  const encoder = new Encoder(members, show)
  const events: TraceEvent[] = []
  const watcher = traceWatcher(encoder, event => events.push(event))
  const table = new Table(n, limits, {
    ...watcher,
    caption: (text, about, ms) => events.push({ kind: 'caption', ms, text, about: about.map(id => encoder.id(id)) }),
  })
  tell(table)
  const { slow, fast } = quorumsOf(n)
  const { suspicionMs, recoveryDelayMs, retransmitDelayMs, fastPathWaitMaxMs } = { ...defaultLimits, ...limits }
  return {
    header: {
      trace: 'epaxos',
      version: traceVersion,
      source: 'scenario',
      title,
      members,
      names: [...'ABCDEFGHI'].slice(0, n),
      quorums: { slow, fast },
      values: show === undefined ? 'masked' : 'shown',
      limits: { suspicionMs, recoveryDelayMs, retransmitDelayMs, fastPathWaitMaxMs },
    },
    events: [...events, { kind: 'end', ms: events.at(-1)?.ms ?? 0, why: 'the scenario is over, and ended as it says' }],
  }
}
