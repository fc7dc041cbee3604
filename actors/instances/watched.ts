import type { Random } from '../../machines/protocol/clock.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import type { DiskHealth } from '../records/disk-health.ts'
import type { Entry } from '../records/entry.ts'
import type { Ledger } from '../records/ledger.ts'
import type { Limits } from '../shared/limits.ts'
import type { Tap } from '../shared/tap.ts'
import type { Timer, TimerQueue } from '../shared/timers.ts'

/** An instance that is seen and not committed here, as the watch keeps it. */
export interface Watched {
  readonly rank: Rank
  readonly index: number
  /** When it was first heard of. */
  readonly sinceMs: number
  timer: Timer
  delayMs: number
  asked: number
  /** The replica that was asked last. */
  askedOf: Rank | undefined
  /** Requests to replicas that lead in place of this one. */
  yielded: number
  /** The attempt running here, and the time when the watch first met it. */
  attempt: { readonly ballot: number; readonly sinceMs: number; readonly overdueMs: number } | undefined
  attempts: number
}

/** An instance whose timer is due: its statechart is to resend, or to start a recovery. */
export interface Due {
  readonly entry: Entry
  readonly event: { readonly type: 'resend' | 'startRecovery' }
  /** Called after the event was given: the watch looks at its result, and sets the next timer. */
  acted(): void
}

/** The parts that the watch is given. */
export interface WatchPorts {
  readonly self: Rank
  readonly ledger: Ledger
  readonly timers: TimerQueue<Due>
  readonly limits: Limits
  readonly random: Random
  readonly tap: Tap | undefined
  readonly disk: Pick<DiskHealth, 'isSlow' | 'flushMs'>
  live(): readonly Rank[]
  /** Peers that say that their flushes are slow. */
  slow(): readonly Rank[]
  /** Whether this replica hears a quorum, so that it can decide something. */
  hearsQuorum(): boolean
  /**
   * Whether the commit can be fetched: a live peer says that it has executed the instance, which nobody decides
   * meanwhile.
   * @param forMs since it was first heard of
   */
  isFetchable(rank: Rank, index: number, forMs: number): boolean
  ask(leader: Rank, entry: Entry): void
  /** Whether little waits on all links: what was sent before has left. */
  haveRoom(): boolean
}

/** The ballot of the attempt that runs here, if there is one. */
export const attemptAt = ({ actor }: Entry): number | undefined => actor?.getSnapshot().context.attempt?.ballot

/** Whether the recovery that runs here waits for other instances (rule 4.5.3). */
export function isWaiting(entry: Entry | undefined): boolean {
  const value = entry?.actor?.getSnapshot().value
  return typeof value === 'object' && value.undecided.drive === 'waiting'
}
