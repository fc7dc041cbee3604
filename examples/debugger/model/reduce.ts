import type { EventKind, TraceEvent } from '../trace/format.ts'
import { ownReplica, rankOf } from './own.ts'
import { instanceReducers } from './reduce-instance.ts'
import { reduceMessage } from './reduce-message.ts'
import { replicaReducers } from './reduce-replica.ts'
import type { Reducers } from './reducers.ts'
import type { State } from './state.ts'

/**
 * Takes one event in. The state is changed in place and returned; `keyframe` keeps one as it is. The same events lead to the
 * same state, whatever they come from. Kinds that this version does not know are counted and change nothing else.
 */
export function reduce(state: State, event: TraceEvent): State {
  state.cursor++
  state.totals.events++
  if (event.ms > state.ms) state.ms = event.ms
  if ('clock' in event && event.clock !== undefined && 'at' in event) {
    const replica = ownReplica(state, rankOf(state, event.at))
    replica.clock = Math.max(replica.clock, event.clock)
  }
  const run = reducers[event.kind] as ((state: State, event: TraceEvent) => void) | undefined
  run?.(state, event)
  return state
}

const reducers: Reducers<EventKind> = {
  ...instanceReducers,
  ...replicaReducers,
  sent: reduceMessage,
  received: reduceMessage,
  lost: reduceMessage,
  rejected: state => {
    state.totals.rejected++
  },
  resubmitted: () => undefined,
  snapshot: () => undefined,
  stalled: () => undefined,
  violation(state, event) {
    state.violations.push(event)
  },
  gap(state, event) {
    state.totals.gaps++
    state.totals.lostEvents += event.events
    ownReplica(state, rankOf(state, event.at)).lostEvents += event.events
  },
  skipped(state, event) {
    const { committed } = event
    state.totals.skippedEvents += event.events
    state.totals.fast += committed.fast
    state.totals.slow += committed.slow
    state.totals.found += committed.found
    const replica = ownReplica(state, rankOf(state, event.at))
    replica.skippedEvents += event.events
    replica.stride = event.stride
  },
  caption(state, event) {
    state.caption = event.text === '' ? undefined : { text: event.text, about: event.about ?? [] }
  },
  deep: () => undefined,
  end(state, event) {
    state.ended = event.why
  },
}
