import type { TraceHeader } from '../trace/format.ts'
import type { Link, Replica, State } from './state.ts'

/** Where everything begins: before the first event of a trace. */
export function newState(header: TraceHeader): State {
  const { members } = header
  const zeros = members.map(() => 0)
  return {
    epoch: 0,
    header,
    cursor: 0,
    ms: 0,
    replicas: members.map(
      (member, rank): Replica => ({
        epoch: 0,
        member,
        rank,
        state: 'unknown',
        isUp: true,
        sinceMs: 0,
        error: undefined,
        executed: zeros,
        known: zeros,
        floor: zeros,
        gate: { verdict: 'nothingWaits', waiting: 0 },
        reads: { verdict: 'nothingWaits', waiting: 0 },
        isFlushing: false,
        flushes: 0,
        unflushed: new Set(),
        flushing: new Map(),
        clock: 0,
        lostEvents: 0,
        skippedEvents: 0,
        stride: 1,
      }),
    ),
    instances: new Map(),
    forgotten: 0,
    links: members.map(() => members.map(newLink)),
    standing: {},
    edges: {},
    totals: {
      events: 0,
      messages: 0,
      lost: 0,
      rejected: 0,
      fast: 0,
      slow: 0,
      found: 0,
      nops: 0,
      executed: 0,
      recoveries: 0,
      crashes: 0,
      gaps: 0,
      lostEvents: 0,
      skippedEvents: 0,
    },
    commitMs: [],
    executeMs: [],
    components: [],
    flying: new Map(),
    faults: [],
    violations: [],
    caption: undefined,
    ended: undefined,
  }
}

const newLink = (): Link => ({
  epoch: 0,
  state: 'unheard',
  isCut: false,
  sent: 0,
  received: 0,
  lost: 0,
  inFlight: 0,
  roundTripsMs: [],
  second: 0,
  inSecond: 0,
  perSecond: 0,
})

/**
 * The state as it is now, for later. What is in it is shared until one of the two changes it: keeping one costs its maps, not
 * its instances.
 */
export function keyframe(state: State): State {
  const kept: State = {
    ...state,
    replicas: [...state.replicas],
    instances: new Map(state.instances),
    links: state.links.map(row => [...row]),
    standing: copied(state.standing),
    edges: copied(state.edges),
    totals: { ...state.totals },
    commitMs: [...state.commitMs],
    executeMs: [...state.executeMs],
    components: [...state.components],
    flying: new Map(state.flying),
    faults: [...state.faults],
    violations: [...state.violations],
  }
  state.epoch++
  // Both own nothing that they share from here on.
  kept.epoch = state.epoch
  return kept
}

const copied = (counts: { readonly [name: string]: readonly number[] }): { [name: string]: number[] } =>
  Object.fromEntries(Object.entries(counts).map(([name, byRank]) => [name, [...byRank]]))
