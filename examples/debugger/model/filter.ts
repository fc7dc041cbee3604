import type { EventKind, Id, Member, TracedValue, TraceEvent } from '../trace/format.ts'
import type { State } from './state.ts'
import { idsOf } from './timeline.ts'

/** What is to be seen; what is left out restricts nothing. */
export interface Filter {
  readonly ids?: ReadonlySet<Id>
  /** Commands that touch this key, as far as keys are told. */
  readonly key?: string
  readonly kinds?: ReadonlySet<EventKind>
  /** Types of messages; events that are no messages pass. */
  readonly types?: ReadonlySet<string>
  readonly members?: ReadonlySet<Member>
}

/** The event is to be seen. What happens to replicas as a whole is about every instance. */
export function matches({ ids, key, kinds, types, members }: Filter, event: TraceEvent, state: State): boolean {
  if (kinds !== undefined && !kinds.has(event.kind)) return false
  if (members !== undefined && !isOf(members, event)) return false
  if (types !== undefined && 'message' in event && !types.has(event.message.type)) return false
  const about = idsOf(event)
  if (about.length === 0) return (ids === undefined && key === undefined) || !('message' in event)
  if (ids !== undefined && !about.some(id => ids.has(id))) return false
  return key === undefined || about.some(id => touches(state.instances.get(id)?.cmd, key))
}

function isOf(members: ReadonlySet<Member>, event: TraceEvent): boolean {
  if ('to' in event && members.has(event.to)) return true
  if ('from' in event && members.has(event.from)) return true
  if ('members' in event) return event.members.some(member => members.has(member))
  return !('at' in event) || members.has(event.at)
}

const touches = (cmd: TracedValue | undefined, key: string): boolean =>
  cmd !== undefined &&
  cmd !== 'nop' &&
  (cmd.writes === 'all' || cmd.writes.includes(key) || cmd.reads === 'all' || cmd.reads.includes(key))
