import { initialBallot, ownerOf } from '../../machines/protocol/ballots.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import { askedMax, nextMove, type Situation } from '../../machines/protocol/recovery-policy.ts'
import type { Entry } from '../records/entry.ts'
import type { TimerMove } from '../shared/tap.ts'
import { Asks, asksMax } from './asks.ts'
import { RecoveryPace } from './recovery-pace.ts'
import { backlogMin, RecoverySlots } from './recovery-slots.ts'
import { WatchTimers } from './watch-timers.ts'
import { attemptAt, type Due, isWaiting, type Watched, type WatchPorts } from './watched.ts'

export type { Due } from './watched.ts'

/**
 * The watch over every id ever heard of until it commits ([section 4](../../machines/protocol/README.md#section-4)):
 * one timer for each, at growing, jittered, capped delays. It decides only when to act; protocol/recovery-policy.ts
 * decides which replica acts, and how.
 */
export class Watch {
  readonly #ports: WatchPorts
  readonly #rows: Map<number, Watched>[]
  /** The recoveries that are led here. */
  readonly #slots: RecoverySlots<Watched>
  readonly #pace: RecoveryPace
  readonly #timers: WatchTimers
  readonly #asks: Asks
  /** By rank, the time when its row was last made due by a suspicion. */
  readonly #suspectedMs: number[]
  /** By rank, the time when it last began anew what had waited for it. */
  readonly #returnedMs: number[]

  constructor(n: number, ports: WatchPorts) {
    this.#ports = ports
    const { ledger, limits, timers, random, tap } = ports
    this.#timers = new WatchTimers({ timers, random, tap, ledger, due: watched => this.#due(watched) })
    this.#pace = new RecoveryPace(limits.recoveriesMax, limits.recoveryDelayMs)
    this.#slots = new RecoverySlots(
      () => this.#pace.atOnce,
      ({ rank, index }) => isWaiting(ledger.get(rank, index)),
      () => timers.now(),
      limits.recoveryDelayMs / 4,
    )
    this.#asks = new Asks(limits.recoveryDelayMs)
    this.#rows = Array.from({ length: n }, () => new Map())
    this.#suspectedMs = new Array<number>(n).fill(Number.NEGATIVE_INFINITY)
    this.#returnedMs = new Array<number>(n).fill(Number.NEGATIVE_INFINITY)
  }

  /** Number of instances seen and not committed. */
  get size(): number {
    return this.#rows.reduce((sum, row) => sum + row.size, 0)
  }

  /** The indices of a row seen and not committed. */
  indices(rank: Rank): Iterable<number> {
    return this.#rows[rank]!.keys()
  }

  /** Notes the ids up to `index` as heard of: each new one is watched until it commits. */
  heardOf(rank: Rank, index: number): void {
    const { ledger, limits } = this.#ports
    for (let next = ledger.heardOf(rank, index); next <= index; next++)
      this.#watch(rank, next, limits.retransmitDelayMs)
  }

  /** Watches an id that was found uncommitted at restart. */
  resume(rank: Rank, index: number): void {
    if (!this.#rows[rank]!.has(index)) this.#watch(rank, index, this.#ports.limits.retransmitDelayMs)
  }

  /** Makes the watched ids of a row up to `index` due now. */
  hasten(rank: Rank, index: number): void {
    for (const watched of this.#rows[rank]!.values()) if (watched.index <= index) this.#timers.bringForward(watched, 0)
  }

  committed(rank: Rank, index: number): void {
    const watched = this.#rows[rank]!.get(index)
    if (watched === undefined) return
    watched.timer.cancelled = true
    this.#rows[rank]!.delete(index)
    const { attempt, asked } = watched
    const bal = this.#ports.ledger.get(rank, index)?.record?.bal
    if (asked > 0 && bal !== undefined) this.#asks.helped(ownerOf(bal, rank, this.#rows.length))
    if (attempt !== undefined && attempt.ballot !== initialBallot)
      this.#pace.ended(this.#timers.now() - attempt.sinceMs)
    this.#free(watched)
  }

  /**
   * Called when another replica asks for the recovery of an instance (tryRecover). The request begins a recovery if no
   * attempt runs. If too many are led already it begins when a slot is free.
   * @param pass gives the request to the statechart
   */
  askedFor(entry: Entry, pass: () => void): void {
    const watched = this.#rows[entry.id.rank]!.get(entry.id.index)
    if (watched === undefined) {
      pass()
      return
    }
    if (attemptAt(entry) === undefined && this.#slots.isFull(watched)) {
      this.#slots.queueAskedFor(watched)
      return
    }
    pass()
    const ballot = attemptAt(entry)
    if (ballot === undefined || ballot === watched.attempt?.ballot) return
    this.#noteAttempt(watched, ballot)
    watched.timer.cancelled = true
    this.#againInAttempt(watched, 'recover')
  }

  /** Called when a peer is suspected: its instances are due after the recovery delay, lowest index first. */
  suspected(rank: Rank): void {
    const { recoveryDelayMs } = this.#ports.limits
    const nowMs = this.#timers.now()
    // A peer that comes and goes delays nothing for ever: due instances get their turn in between.
    if (nowMs - this.#suspectedMs[rank]! < 2 * recoveryDelayMs) return
    this.#suspectedMs[rank] = nowMs
    const row = [...this.#rows[rank]!.values()].sort((a, b) => a.index - b.index)
    const delayMs = this.#timers.jittered(recoveryDelayMs)
    for (const watched of row) {
      watched.timer.cancelled = true
      this.#timers.set(watched, delayMs, 'begin')
    }
  }

  /**
   * Called when a peer is live again: instances that waited for it go on now, with the first delays, and it may be
   * asked anew.
   */
  returned(rank: Rank): void {
    const { retransmitDelayMs, recoveryDelayMaxMs } = this.#ports.limits
    const nowMs = this.#timers.now()
    // A peer that comes and goes begins nothing anew each time.
    if (nowMs - this.#returnedMs[rank]! < recoveryDelayMaxMs) return
    this.#returnedMs[rank] = nowMs
    this.#asks.helped(rank)
    for (const row of this.#rows)
      for (const watched of row.values()) {
        watched.delayMs = retransmitDelayMs
        if (watched.askedOf === rank) watched.asked = watched.yielded = 0
        watched.attempts = 0
        this.#timers.bringForward(watched, this.#timers.jittered(retransmitDelayMs))
      }
  }

  #watch(rank: Rank, index: number, delayMs: number): void {
    const watched: Watched = {
      rank,
      index,
      sinceMs: this.#timers.now(),
      delayMs,
      asked: 0,
      askedOf: undefined,
      yielded: 0,
      attempt: undefined,
      attempts: 0,
      timer: this.#timers.first(delayMs, () => watched),
    }
    this.#rows[rank]!.set(index, watched)
  }

  #due(watched: Watched): Due | undefined {
    const { ledger, limits } = this.#ports
    const { rank, index, sinceMs } = watched
    if (this.#ports.isFetchable(rank, index, this.#timers.now() - sinceMs)) {
      this.#timers.again(watched, limits.retransmitDelayMs, 'fetch')
      return undefined
    }
    const entry = ledger.entry({ epoch: ledger.membership.epoch, rank, index })
    const attempt = entry.actor?.getSnapshot().context.attempt
    this.#slots.unqueue(watched)
    if (attempt === undefined) this.#free(watched)
    else if (attempt.ballot !== watched.attempt?.ballot) this.#noteAttempt(watched, attempt.ballot)
    const isAskedFor = attempt === undefined && this.#slots.isAskedFor(watched)
    if (isAskedFor && this.#ports.hearsQuorum()) return this.#recover(watched, entry)
    const situation = this.#situationOf(watched, entry)
    let move = nextMove(situation)
    if (move.move === 'ask' && this.#asks.areInVain(move.rank) && this.#rows[rank]!.size > asksMax) {
      watched.asked = askedMax
      move = nextMove({ ...situation, asked: askedMax })
    }
    if (move.move === 'ask' && !this.#asks.take(this.#timers.now())) {
      this.#timers.again(watched, limits.recoveryDelayMs + this.#asks.waitMs(this.#timers.now()), 'wait')
      return undefined
    }
    switch (move.move) {
      case 'resend': {
        // While a link still carries much it would only add to it: a large frame takes longer than the delay.
        if (!this.#ports.haveRoom()) {
          this.#timers.again(watched, watched.delayMs, 'resend')
          return undefined
        }
        const isAttempt = attempt !== undefined && attempt.ballot !== initialBallot
        const acted = () => (isAttempt ? this.#againInAttempt(watched, 'resend') : this.#grow(watched, 'resend'))
        return { entry, event: { type: 'resend' }, acted }
      }
      case 'recover':
        return this.#recover(watched, entry)
      case 'ask':
        this.#ask(watched, entry, move.rank)
        break
      case 'yield':
        watched.yielded++
    }
    this.#grow(watched, move.move === 'ask' ? 'ask' : 'wait', move.move === 'ask' ? move.rank : undefined)
    return undefined
  }

  #ask(watched: Watched, entry: Entry, rank: Rank): void {
    const { limits, ask } = this.#ports
    watched.asked++
    watched.askedOf = rank
    ask(rank, entry)
    if (watched.asked < askedMax || !this.#asks.inVain(rank)) return
    // The others of its row need not be asked for.
    for (const each of this.#rows[rank]!.values())
      if (each.asked < askedMax) this.#timers.bringForward(each, this.#timers.jittered(limits.retransmitDelayMs))
  }

  #situationOf(watched: Watched, entry: Entry): Situation {
    const { self, live, disk } = this.#ports
    const { attempt, nackedBy } = entry.actor?.getSnapshot().context ?? { attempt: undefined, nackedBy: initialBallot }
    const highestBallot = Math.max(entry.record?.bal ?? initialBallot, nackedBy)
    return {
      self,
      initialCoordinator: watched.rank,
      attempt: attempt?.ballot,
      attemptOverdue:
        watched.attempt !== undefined &&
        this.#timers.now() - watched.attempt.sinceMs >= this.#overdueMs(watched.attempt),
      highestBallot,
      live: live(),
      hearsQuorum: this.#ports.hearsQuorum(),
      asked: watched.asked,
      ballotOwner:
        highestBallot === initialBallot ? undefined : ownerOf(highestBallot, watched.rank, this.#rows.length),
      isBacklog: this.#slots.size >= backlogMin,
      yielded: watched.yielded,
      isSlow: disk.isSlow,
      slow: this.#ports.slow(),
    }
  }

  #recover(watched: Watched, entry: Entry): Due | undefined {
    const { recoveryDelayMs, recoveryDelayMaxMs } = this.#ports.limits
    // Instances beyond the limit are due as soon as a finished one makes room, in their order, and anyway soon: the more
    // there are, the longer each waits, so that looking after them takes a bounded part of the time.
    if (this.#slots.isFull(watched)) {
      this.#slots.queue(watched)
      const delayMs = Math.min(10 * recoveryDelayMaxMs, recoveryDelayMs * (1 + this.#slots.queued / backlogMin))
      this.#timers.again(watched, delayMs, 'wait')
      return undefined
    }
    const acted = () => {
      const ballot = attemptAt(entry)
      if (ballot !== undefined) this.#noteAttempt(watched, ballot)
      this.#againInAttempt(watched, 'recover')
    }
    return { entry, event: { type: 'startRecovery' }, acted }
  }

  #free(watched: Watched): void {
    for (const next of this.#slots.free(watched)) this.#timers.bringForward(next, 0)
    if (this.#slots.size === 0) this.#pace.over()
  }

  #noteAttempt(watched: Watched, ballot: number): void {
    const { limits, timers } = this.#ports
    const delayMs = Math.min(limits.recoveryDelayMaxMs, limits.recoveryDelayMs * 2 ** Math.min(watched.attempts, 8))
    if (ballot !== initialBallot) {
      if (watched.attempt !== undefined && watched.attempt.ballot !== initialBallot) this.#pace.overdue()
      watched.yielded = 0
      watched.attempts++
      this.#slots.take(watched)
    }
    watched.attempt = { ballot, sinceMs: timers.now(), overdueMs: this.#timers.jittered(2 * delayMs) }
  }

  #grow(watched: Watched, move: TimerMove, of?: Rank): void {
    watched.delayMs = Math.min(this.#ports.limits.retransmitDelayMaxMs, watched.delayMs * 2)
    this.#timers.again(watched, watched.delayMs, move, of)
  }

  /** An attempt above ballot 0 is met twice before it is overdue: once to resend, once to be restarted. */
  #againInAttempt(watched: Watched, move: TimerMove): void {
    const { attempt } = watched
    const overdueMs = attempt === undefined ? this.#ports.limits.recoveryDelayMs : this.#overdueMs(attempt)
    this.#timers.again(watched, overdueMs / 2, move)
  }

  /** The time until an attempt is restarted: flushes are in its way, and others. Sooner it only outbids itself. */
  #overdueMs({ overdueMs }: NonNullable<Watched['attempt']>): number {
    const { limits, disk } = this.#ports
    const expectedMs = Math.max(4 * disk.flushMs, 3 * this.#pace.recentMs)
    return Math.max(overdueMs, Math.min(expectedMs, 2 * limits.recoveryDelayMaxMs))
  }
}
