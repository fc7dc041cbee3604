import type { Member } from './traced.ts'

export type * from './events.ts'
export type * from './traced.ts'

/**
 * The trace: JSON lines, a header and then one event a line, in an order that keeps causes before effects. What is live,
 * recorded or simulated is the same here. Replicas are named by member, instances `MEMBER.INDEX` (`3.17`), vectors are by
 * rank (the order of `header.members`). Additions are optional fields and new kinds: readers skip kinds that they do not
 * know. A change that older readers would misread raises `major`.
 */
export const traceVersion = { major: 1, minor: 0 } as const

/** Where a trace comes from. `scenario`: a directed history of the catalogue, with captions. */
export type Source = 'live' | 'world' | 'scenario'

/** The first line. */
export interface TraceHeader {
  readonly trace: 'epaxos'
  readonly version: { readonly major: number; readonly minor: number }
  readonly source: Source
  /** The cluster's name; a world's or scenario's title. */
  readonly title: string
  /** Sorted: the rank of a member is its place here. */
  readonly members: readonly Member[]
  /** How members are called in words: `A`, `B`, or the member's number. By rank. */
  readonly names: readonly string[]
  /** Replies that a slow quorum and the fast path need, the coordinator's own among them. */
  readonly quorums: { readonly slow: number; readonly fast: number }
  /** Ms since 1970 at `ms` 0 of the events; left out where time is simulated. */
  readonly beganMs?: number
  readonly seed?: number
  /** What else makes this world the same again: which plan was drawn. */
  readonly plan?: { readonly biased?: true; readonly hours?: number }
  /** Masked: keys, sizes and hashes alone. */
  readonly values: 'masked' | 'shown'
  /** Limits of the replicas that explain what one sees, ms: `suspicionMs`, `recoveryDelayMs`, `fastPathWaitMaxMs`. */
  readonly limits: { readonly [name: string]: number }
}
