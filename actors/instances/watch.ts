import { initialBallot } from '../../machines/protocol/ballots.ts'
import type { Random } from '../../machines/protocol/clock.ts'
import type { InstanceId } from '../../machines/protocol/instance-id.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import { nextMove } from '../../machines/protocol/recovery-policy.ts'
import type { Entry } from '../records/entry.ts'
import type { Ledger } from '../records/ledger.ts'
import type { Limits } from '../shared/limits.ts'
import type { Tap, TimerMove } from '../shared/tap.ts'
import type { Timer, TimerQueue } from '../shared/timers.ts'

/** One instance that is seen and not committed here. */
interface Watched {
  readonly rank: Rank
  readonly index: number
  timer: Timer
  delayMs: number
  asked: number
  /** Who was asked last. */
  askedOf: Rank | undefined
  /** When the attempt at this ballot was first met by the watch. */
  attempt: { readonly ballot: number; readonly sinceMs: number; readonly overdueMs: number } | undefined
  attempts: number
}

/** An instance whose time has come: its statechart is to resend, or to start a recovery. */
export interface Due {
  readonly entry: Entry
  readonly event: { readonly type: 'resend' | 'startRecovery' }
  /** It has been told: the watch looks at what has come of it, and sets the next time. */
  acted(): void
}

export interface WatchPorts {
  readonly self: Rank
  readonly ledger: Ledger
  readonly timers: TimerQueue<Due>
  readonly limits: Limits
  readonly random: Random
  readonly tap: Tap | undefined
  live(): readonly Rank[]
  /** So many are heard of that something can be decided here. */
  hearsQuorum(): boolean
  /** Its commit is to be had by a fetch: some live peer has executed it. */
  isFetchable(rank: Rank, index: number): boolean
  ask(leader: Rank, entry: Entry): void
}

/**
 * Sees to it that every id that was ever heard of commits ([section 4](../../machines/protocol/README.md#section-4)):
 * one timer for each that has not, at growing, jittered, capped delays. Who acts, and how, is for
 * protocol/recovery-policy.ts to say.
 */
export class Watch {
  readonly #ports: WatchPorts
  readonly #rows: Map<number, Watched>[]
  /** Those whose recovery is led here. */
  readonly #leading = new Set<Watched>()
  /** By rank, when its row was last made due for a suspicion. */
  readonly #suspectedMs: number[]

  constructor(n: number, ports: WatchPorts) {
    this.#ports = ports
    this.#rows = Array.from({ length: n }, () => new Map())
    this.#suspectedMs = new Array<number>(n).fill(Number.NEGATIVE_INFINITY)
  }

  /** Instances that are seen and not committed. */
  get size(): number {
    return this.#rows.reduce((sum, row) => sum + row.size, 0)
  }

  /** Those ids. */
  ids(): InstanceId[] {
    const { epoch } = this.#ports.ledger.membership
    return this.#rows.flatMap((row, rank) => [...row.keys()].map(index => ({ epoch, rank, index })))
  }

  /** The ids up to `index` have been heard of: each that is new is watched until it commits. */
  heardOf(rank: Rank, index: number): void {
    const { ledger, limits } = this.#ports
    for (let next = ledger.heardOf(rank, index); next <= index; next++)
      this.#watch(rank, next, limits.retransmitDelayMs)
  }

  /** Watches an id that was found uncommitted at restart. */
  resume(rank: Rank, index: number): void {
    if (!this.#rows[rank]!.has(index)) this.#watch(rank, index, this.#ports.limits.retransmitDelayMs)
  }

  /** Those of a row up to `index` are due now. */
  hasten(rank: Rank, index: number): void {
    for (const watched of this.#rows[rank]!.values()) if (watched.index <= index) this.#bringForward(watched, 0)
  }

  committed(rank: Rank, index: number): void {
    const watched = this.#rows[rank]!.get(index)
    if (watched === undefined) return
    watched.timer.cancelled = true
    this.#rows[rank]!.delete(index)
    this.#leading.delete(watched)
  }

  /**
   * Another replica asks this one to see to it that an instance commits (tryRecover). Passed on, that begins a recovery where
   * nothing runs: where too many are led already it is not, and the instance comes up in its turn.
   * @param pass gives the request to the statechart
   */
  askedFor(entry: Entry, pass: () => void): void {
    const watched = this.#rows[entry.id.rank]!.get(entry.id.index)
    if (watched === undefined) {
      pass()
      return
    }
    if (attemptAt(entry) === undefined && this.#isFull(watched)) return
    pass()
    const ballot = attemptAt(entry)
    if (ballot === undefined || ballot === watched.attempt?.ballot) return
    this.#noteAttempt(watched, ballot)
    watched.timer.cancelled = true
    this.#againInAttempt(watched, 'recover')
  }

  /** A peer is suspected: what it coordinates is due after the recovery delay, lowest index first. */
  suspected(rank: Rank): void {
    const { recoveryDelayMs } = this.#ports.limits
    const nowMs = this.#ports.timers.now()
    // Who comes and goes puts nothing off for ever: what is due gets its turn in between.
    if (nowMs - this.#suspectedMs[rank]! < 2 * recoveryDelayMs) return
    this.#suspectedMs[rank] = nowMs
    const row = [...this.#rows[rank]!.values()].sort((a, b) => a.index - b.index)
    const delayMs = this.#jittered(recoveryDelayMs)
    for (const watched of row) {
      watched.timer.cancelled = true
      this.#set(watched, delayMs, 'begin')
    }
  }

  /** A peer has come back: what waited in vain may go on now, at the delays of the beginning; it may be asked anew. */
  returned(rank: Rank): void {
    const { retransmitDelayMs } = this.#ports.limits
    for (const row of this.#rows)
      for (const watched of row.values()) {
        watched.delayMs = retransmitDelayMs
        if (watched.askedOf === rank) watched.asked = 0
        watched.attempts = 0
        this.#bringForward(watched, this.#jittered(retransmitDelayMs))
      }
  }

  #watch(rank: Rank, index: number, delayMs: number): void {
    const watched: Watched = {
      rank,
      index,
      delayMs,
      asked: 0,
      askedOf: undefined,
      attempt: undefined,
      attempts: 0,
      timer: this.#ports.timers.setDue(this.#jittered(delayMs), () => this.#due(watched)),
    }
    this.#rows[rank]!.set(index, watched)
  }

  #due(watched: Watched): Due | undefined {
    const { self, ledger, limits, live, timers } = this.#ports
    const { rank, index } = watched
    if (this.#ports.isFetchable(rank, index)) {
      this.#again(watched, limits.retransmitDelayMs, 'fetch')
      return undefined
    }
    const entry = ledger.entry({ epoch: ledger.membership.epoch, rank, index })
    const { attempt, nackedBy } = entry.actor?.getSnapshot().context ?? { attempt: undefined, nackedBy: initialBallot }
    if (attempt === undefined) this.#leading.delete(watched)
    else if (attempt.ballot !== watched.attempt?.ballot) this.#noteAttempt(watched, attempt.ballot)
    const move = nextMove({
      self,
      initialCoordinator: rank,
      attempt: attempt?.ballot,
      attemptOverdue:
        watched.attempt !== undefined && timers.now() - watched.attempt.sinceMs >= watched.attempt.overdueMs,
      highestBallot: Math.max(entry.record?.bal ?? initialBallot, nackedBy),
      live: live(),
      hearsQuorum: this.#ports.hearsQuorum(),
      asked: watched.asked,
    })
    switch (move.move) {
      case 'resend': {
        const isAttempt = attempt !== undefined && attempt.ballot !== initialBallot
        const acted = () =>
          isAttempt ? this.#againInAttempt(watched, 'resend') : this.#grow(watched, 'resend', undefined)
        return { entry, event: { type: 'resend' }, acted }
      }
      case 'recover':
        return this.#recover(watched, entry)
      case 'ask':
        watched.asked++
        watched.askedOf = move.rank
        this.#ports.ask(move.rank, entry)
        break
    }
    this.#grow(watched, move.move, move.move === 'ask' ? move.rank : undefined)
    return undefined
  }

  #recover(watched: Watched, entry: Entry): Due | undefined {
    const { limits } = this.#ports
    // Those beyond the limit come up again soon, in their order; a finished one makes room.
    if (this.#isFull(watched)) {
      this.#again(watched, limits.recoveryDelayMs, 'wait')
      return undefined
    }
    const acted = () => {
      const ballot = attemptAt(entry)
      if (ballot !== undefined) this.#noteAttempt(watched, ballot)
      this.#againInAttempt(watched, 'recover')
    }
    return { entry, event: { type: 'startRecovery' }, acted }
  }

  /** As many recoveries as may be are led here, and this is none of them. */
  #isFull(watched: Watched): boolean {
    return this.#leading.size >= this.#ports.limits.recoveriesMax && !this.#leading.has(watched)
  }

  #noteAttempt(watched: Watched, ballot: number): void {
    const { limits, timers } = this.#ports
    const delayMs = Math.min(limits.recoveryDelayMaxMs, limits.recoveryDelayMs * 2 ** Math.min(watched.attempts, 8))
    if (ballot !== initialBallot) {
      watched.attempts++
      this.#leading.add(watched)
    }
    watched.attempt = { ballot, sinceMs: timers.now(), overdueMs: this.#jittered(2 * delayMs) }
  }

  #grow(watched: Watched, move: TimerMove, of: Rank | undefined): void {
    watched.delayMs = Math.min(this.#ports.limits.retransmitDelayMaxMs, watched.delayMs * 2)
    this.#again(watched, watched.delayMs, move, of)
  }

  /** An attempt above ballot 0 is met twice before it is overdue: once to resend, once to be restarted. */
  #againInAttempt(watched: Watched, move: TimerMove): void {
    this.#again(watched, (watched.attempt?.overdueMs ?? this.#ports.limits.recoveryDelayMs) / 2, move)
  }

  #again(watched: Watched, delayMs: number, move: TimerMove, of?: Rank): void {
    this.#set(watched, this.#jittered(delayMs), move, of)
  }

  /** Sooner than it would have been, never later: who comes and goes puts nothing off. */
  #bringForward(watched: Watched, delayMs: number): void {
    if (watched.timer.at <= this.#ports.timers.now() + delayMs) return
    watched.timer.cancelled = true
    this.#set(watched, delayMs, 'begin')
  }

  #set(watched: Watched, delayMs: number, move: TimerMove, of?: Rank): void {
    const { tap, ledger } = this.#ports
    if (tap?.timerSet !== undefined) {
      const { rank, index } = watched
      tap.timerSet({ epoch: ledger.membership.epoch, rank, index }, move, of, delayMs)
    }
    watched.timer = this.#ports.timers.setDue(delayMs, () => this.#due(watched))
  }

  /** Between one and one and a half times. */
  #jittered(delayMs: number): number {
    return delayMs * (1 + this.#ports.random() / 2)
  }
}

/** The ballot of the attempt that runs here, if one does. */
const attemptAt = ({ actor }: Entry): number | undefined => actor?.getSnapshot().context.attempt?.ballot
