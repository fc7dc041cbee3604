import type { Member } from '../trace/format.ts'
import { isExecutedAt } from './own.ts'
import type { State } from './state.ts'

/** Milliseconds; undefined where nothing was measured. */
export interface Percentiles {
  readonly count: number
  readonly p50: number | undefined
  readonly p99: number | undefined
  readonly max: number | undefined
}

export interface LinkSummary {
  readonly from: Member
  readonly to: Member
  readonly state: string
  readonly isCut: boolean
  /** Messages in the last whole second. */
  readonly perSecond: number
  /** The median of the latest, ms. */
  readonly roundTripMs: number | undefined
  readonly inFlight: number
  readonly lost: number
}

export interface Summary {
  /** Of the instances that were decided by their coordinator; undefined before the first. */
  readonly fastShare: number | undefined
  /** At the coordinator, from its first step: the latest ones. */
  readonly commit: Percentiles
  readonly execute: Percentiles
  readonly links: readonly LinkSummary[]
  /** Instances that are seen and not executed everywhere where replicas run. */
  readonly unfinished: number
  readonly up: readonly Member[]
}

/** The numbers of the cluster's view. */
export function summaryOf(state: State): Summary {
  const { fast, slow } = state.totals
  const { members } = state.header
  return {
    fastShare: fast + slow === 0 ? undefined : fast / (fast + slow),
    commit: percentiles(state.commitMs),
    execute: percentiles(state.executeMs),
    links: members.flatMap((from, rank) =>
      members.flatMap((to, other) => {
        if (rank === other) return []
        const { state: seen, isCut, perSecond, roundTripsMs, inFlight, lost } = state.links[rank]![other]!
        return [{ from, to, state: seen, isCut, perSecond, inFlight, lost, roundTripMs: percentiles(roundTripsMs).p50 }]
      }),
    ),
    unfinished: unfinished(state),
    up: state.replicas.filter(({ isUp }) => isUp).map(({ member }) => member),
  }
}

function unfinished(state: State): number {
  let count = 0
  for (const instance of state.instances.values())
    if (state.replicas.some(({ isUp, rank }) => isUp && !isExecutedAt(state, rank, instance))) count++
  return count
}

export function percentiles(samples: readonly number[]): Percentiles {
  const sorted = [...samples].sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: sorted.at(-1) }
}
