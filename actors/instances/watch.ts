import { initialBallot, ownerOf } from '../../machines/protocol/ballots.ts'
import type { InstanceId } from '../../machines/protocol/instance-id.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import { nextMove } from '../../machines/protocol/recovery-policy.ts'
import type { Entry } from '../records/entry.ts'
import type { TimerMove } from '../shared/tap.ts'
import { RecoveryPace } from './recovery-pace.ts'
import { RecoverySlots } from './recovery-slots.ts'
import type { Due, Watched, WatchPorts } from './watched.ts'

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
  /** By rank, the time when its row was last made due by a suspicion. */
  readonly #suspectedMs: number[]

  constructor(n: number, ports: WatchPorts) {
    this.#ports = ports
    const { ledger, limits } = ports
    this.#pace = new RecoveryPace(limits.recoveriesMax, limits.recoveryDelayMs)
    this.#slots = new RecoverySlots(
      () => this.#pace.atOnce,
      ({ rank, index }) => isWaiting(ledger.get(rank, index)),
    )
    this.#rows = Array.from({ length: n }, () => new Map())
    this.#suspectedMs = new Array<number>(n).fill(Number.NEGATIVE_INFINITY)
  }

  /** Number of instances seen and not committed. */
  get size(): number {
    return this.#rows.reduce((sum, row) => sum + row.size, 0)
  }

  /** The ids seen and not committed. */
  ids(): InstanceId[] {
    const { epoch } = this.#ports.ledger.membership
    return this.#rows.flatMap((row, rank) => [...row.keys()].map(index => ({ epoch, rank, index })))
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
    for (const watched of this.#rows[rank]!.values()) if (watched.index <= index) this.#bringForward(watched, 0)
  }

  committed(rank: Rank, index: number): void {
    const watched = this.#rows[rank]!.get(index)
    if (watched === undefined) return
    watched.timer.cancelled = true
    this.#rows[rank]!.delete(index)
    const { attempt } = watched
    if (attempt !== undefined && attempt.ballot !== initialBallot)
      this.#pace.ended(this.#ports.timers.now() - attempt.sinceMs)
    this.#free(watched)
  }

  /**
   * Called when another replica asks for the recovery of an instance (tryRecover). The request begins a recovery if no
   * attempt runs. If too many are led already it is not passed on, and the instance becomes due in its turn.
   * @param pass gives the request to the statechart
   */
  askedFor(entry: Entry, pass: () => void): void {
    const watched = this.#rows[entry.id.rank]!.get(entry.id.index)
    if (watched === undefined) {
      pass()
      return
    }
    if (attemptAt(entry) === undefined && this.#slots.isFull(watched)) return
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
    const nowMs = this.#ports.timers.now()
    // A peer that comes and goes delays nothing for ever: due instances get their turn in between.
    if (nowMs - this.#suspectedMs[rank]! < 2 * recoveryDelayMs) return
    this.#suspectedMs[rank] = nowMs
    const row = [...this.#rows[rank]!.values()].sort((a, b) => a.index - b.index)
    const delayMs = this.#jittered(recoveryDelayMs)
    for (const watched of row) {
      watched.timer.cancelled = true
      this.#set(watched, delayMs, 'begin')
    }
  }

  /**
   * Called when a peer is live again: instances that waited for it go on now, with the first delays, and it may be
   * asked anew.
   */
  returned(rank: Rank): void {
    const { retransmitDelayMs } = this.#ports.limits
    for (const row of this.#rows)
      for (const watched of row.values()) {
        watched.delayMs = retransmitDelayMs
        if (watched.askedOf === rank) watched.asked = watched.yielded = 0
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
      yielded: 0,
      attempt: undefined,
      attempts: 0,
      timer: this.#ports.timers.setDue(this.#jittered(delayMs), () => this.#due(watched)),
    }
    this.#rows[rank]!.set(index, watched)
  }

  #due(watched: Watched): Due | undefined {
    const { self, ledger, limits, live, timers, disk } = this.#ports
    const { rank, index } = watched
    if (this.#ports.isFetchable(rank, index)) {
      this.#again(watched, limits.retransmitDelayMs, 'fetch')
      return undefined
    }
    const entry = ledger.entry({ epoch: ledger.membership.epoch, rank, index })
    const { attempt, nackedBy } = entry.actor?.getSnapshot().context ?? { attempt: undefined, nackedBy: initialBallot }
    this.#slots.unqueue(watched)
    if (attempt === undefined) this.#free(watched)
    else if (attempt.ballot !== watched.attempt?.ballot) this.#noteAttempt(watched, attempt.ballot)
    const highestBallot = Math.max(entry.record?.bal ?? initialBallot, nackedBy)
    const move = nextMove({
      self,
      initialCoordinator: rank,
      attempt: attempt?.ballot,
      attemptOverdue:
        watched.attempt !== undefined && timers.now() - watched.attempt.sinceMs >= this.#overdueMs(watched.attempt),
      highestBallot,
      live: live(),
      hearsQuorum: this.#ports.hearsQuorum(),
      asked: watched.asked,
      ballotOwner: highestBallot === initialBallot ? undefined : ownerOf(highestBallot, rank, this.#rows.length),
      isBacklog: this.#slots.size >= backlogMin,
      yielded: watched.yielded,
      isSlow: disk.isSlow,
    })
    switch (move.move) {
      case 'resend': {
        // What is sent again while a link still carries much would only add to it: a large frame takes longer than the delay.
        if (!this.#ports.haveRoom()) {
          this.#again(watched, watched.delayMs, 'resend')
          return undefined
        }
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
      case 'yield':
        watched.yielded++
        break
    }
    this.#grow(watched, move.move === 'ask' ? 'ask' : 'wait', move.move === 'ask' ? move.rank : undefined)
    return undefined
  }

  #recover(watched: Watched, entry: Entry): Due | undefined {
    const { limits } = this.#ports
    // Instances beyond the limit are due as soon as a finished one makes room, in their order, and anyway soon.
    if (this.#slots.isFull(watched)) {
      this.#slots.queue(watched)
      // The more there are, the longer each waits: looking after them takes a bounded part of the time.
      const delayMs = limits.recoveryDelayMs * (1 + this.#slots.queued / backlogMin)
      this.#again(watched, Math.min(limits.recoveryDelayMaxMs, delayMs), 'wait')
      return undefined
    }
    const acted = () => {
      const ballot = attemptAt(entry)
      if (ballot !== undefined) this.#noteAttempt(watched, ballot)
      this.#againInAttempt(watched, 'recover')
    }
    return { entry, event: { type: 'startRecovery' }, acted }
  }

  /** Frees the slot of a recovery, for the next ones that wait for it. */
  #free(watched: Watched): void {
    for (const next of this.#slots.free(watched)) this.#bringForward(next, 0)
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
    watched.attempt = { ballot, sinceMs: timers.now(), overdueMs: this.#jittered(2 * delayMs) }
  }

  #grow(watched: Watched, move: TimerMove, of: Rank | undefined): void {
    watched.delayMs = Math.min(this.#ports.limits.retransmitDelayMaxMs, watched.delayMs * 2)
    this.#again(watched, watched.delayMs, move, of)
  }

  /** An attempt above ballot 0 is met twice before it is overdue: once to resend, once to be restarted. */
  #againInAttempt(watched: Watched, move: TimerMove): void {
    const { attempt } = watched
    this.#again(
      watched,
      (attempt === undefined ? this.#ports.limits.recoveryDelayMs : this.#overdueMs(attempt)) / 2,
      move,
    )
  }

  /**
   * The time until an attempt is restarted: up to four flushes are in its way, and what others have taken of late. Sooner
   * it only outbids itself.
   */
  #overdueMs({ overdueMs }: NonNullable<Watched['attempt']>): number {
    const { limits, disk } = this.#ports
    return Math.max(
      overdueMs,
      Math.min(Math.max(4 * disk.flushMs, 3 * this.#pace.recentMs), 2 * limits.recoveryDelayMaxMs),
    )
  }

  #again(watched: Watched, delayMs: number, move: TimerMove, of?: Rank): void {
    this.#set(watched, this.#jittered(delayMs), move, of)
  }

  /** Makes an instance due sooner, never later: a peer that comes and goes delays nothing. */
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

  /** The delay times a random factor between 1 and 1.5. */
  #jittered(delayMs: number): number {
    return delayMs * (1 + this.#ports.random() / 2)
  }
}

/** From so many recoveries led at once on, one replica leads them all. */
const backlogMin = 16

/** The ballot of the attempt that runs here, if there is one. */
const attemptAt = ({ actor }: Entry): number | undefined => actor?.getSnapshot().context.attempt?.ballot

/** Whether the recovery that runs here waits for other instances (rule 4.5.3). */
function isWaiting(entry: Entry | undefined): boolean {
  const value = entry?.actor?.getSnapshot().value
  return typeof value === 'object' && value.undecided.drive === 'waiting'
}
