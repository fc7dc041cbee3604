import type { Looks } from './watch.ts'
import type { WindowReport } from './window.ts'

/** How replicas came back after all were killed. Times from the start of the processes. */
export interface Restart {
  readonly replicas: readonly { readonly id: number; readonly voteMs: number }[]
  /** A linearizable read was answered. */
  readonly answerMs: number
  /** All have executed the same, and say that they have caught up. */
  readonly inStepMs: number
}

/** A replica that was killed under load, and came back under load. */
export interface Laggard {
  readonly id: number
  /** Puts answered while it was away. */
  readonly missed: number
  /** From the start of its process. */
  readonly voteMs: number
  readonly inStepMs: number
  readonly snapshotsInstalled: number
  readonly fetches: number
}

/** Whether the replicas are equal, by what they say and by a sample of keys. */
export interface Equality {
  /** How it was seen: the digests of the status, or those of a comparison after the load. */
  readonly by: 'digest' | 'comparison'
  readonly keysRead: number
  readonly differences: readonly string[]
}

/** Everything that one run measured. Plain data. */
export interface StateMeasures {
  readonly keys: number
  readonly valueBytes: number
  readonly clients: number
  readonly dataBytes: number
  readonly fill: WindowReport
  /** The same load in turns, on the large state and on one of few keys; undefined: left out. */
  readonly rounds: readonly { readonly large: number; readonly small: number }[]
  /** Median of the ratios of the rounds. */
  readonly ratio: number | undefined
  /** The soak, without the time after the kill. */
  readonly judged: WindowReport
  /** The parts of it, by their names. */
  readonly parts: readonly { readonly name: string; readonly window: WindowReport }[]
  /** From the kill until the others have noticed and settled. */
  readonly crash: WindowReport | undefined
  readonly looks: Looks
  /** The longest delay of the load generator's own loop: what it did not see in time it cannot tell from a silence. */
  readonly ownLoopMs: number
  readonly laggard: Laggard | undefined
  readonly backup: { readonly seconds: number; readonly bytes: number } | undefined
  readonly restart: Restart | undefined
  readonly stopsMs: readonly number[]
  readonly equal: Equality
  /** Replicas that ended though nobody asked for it. */
  readonly unexpectedEnds: readonly string[]
}
