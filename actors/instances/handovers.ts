import { initialBallot } from '../../machines/protocol/ballots.ts'
import { NOP } from '../../machines/protocol/commands.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import { type Helper, helperOf } from '../../machines/protocol/recovery-policy.ts'
import type { DiskHealth } from '../records/disk-health.ts'
import type { Ledger } from '../records/ledger.ts'
import type { Links } from '../records/links.ts'
import { Alarm } from '../shared/alarm.ts'
import type { Limits } from '../shared/limits.ts'
import type { Timers } from '../shared/timers.ts'
import type { Commits } from './commits.ts'
import type { OwnInstances } from './own-instances.ts'
import type { Watch } from './watch.ts'

export interface HandoversPorts {
  readonly self: Rank
  readonly limits: Pick<Limits, 'recoveryDelayMs'>
  readonly timers: Timers
  readonly ledger: Ledger
  readonly links: Pick<Links, 'live' | 'slow'>
  readonly disk: Pick<DiskHealth, 'isSlow' | 'flushMs'>
  readonly own: Pick<OwnInstances, 'roundTrips'>
  readonly watch: Pick<Watch, 'indices'>
  readonly commits: Pick<Commits, 'volatileOf'>
  /** Sends tryRecover for an own id at once: others have voted on it, so that its name reveals nothing. */
  ask(helper: Rank, index: number): void
  now(): number
}

/** So many own ids in a row may become Nop by it: then one is left to the own disk, so that its commands do not wait for ever. */
const nopsMax = 8
/** An id is asked for so often. */
const asksMax = 3

interface Asked {
  count: number
  /** When it may be asked for again. */
  againMs: number
}

/**
 * Own instances that another replica is asked to decide, since the flush that the own decision waits for is slow
 * ([section 4](../../machines/protocol/README.md#section-4), _Slow flushes_). The replica calls it at the end of each
 * turn. Whatever conflicts with such an instance waits for it at every replica, and would wait for two slow flushes.
 */
export class Handovers {
  readonly #ports: HandoversPorts
  /** By index. */
  readonly #asked = new Map<number, Asked>()
  /** The end of its turn looks again. */
  readonly #alarm: Alarm
  #nopsInRow = 0

  constructor(ports: HandoversPorts) {
    this.#ports = ports
    this.#alarm = new Alarm(ports.timers)
  }

  /** Asks for what waits for a slow flush, before the turn's messages leave. */
  look(): void {
    const { disk } = this.#ports
    if (this.#asked.size === 0 && !disk.isSlow) return
    const waiting = this.#waiting()
    this.#forgetOthers(waiting)
    if (!disk.isSlow || this.#nopsInRow >= nopsMax) return
    let helper: Rank | undefined
    for (const index of waiting) {
      const asked = this.#asked.get(index)
      if (asked !== undefined && (asked.count >= asksMax || asked.againMs > this.#ports.now())) continue
      helper ??= this.#helper()
      if (helper === undefined) return
      this.#ask(helper, index, asked?.count ?? 0)
    }
  }

  #ask(helper: Rank, index: number, count: number): void {
    const { limits, now, ask } = this.#ports
    const delayMs = limits.recoveryDelayMs * 2 ** count
    this.#asked.set(index, { count: count + 1, againMs: now() + delayMs })
    ask(helper, index)
    if (count + 1 < asksMax) this.#alarm.set(delayMs)
  }

  /** Own ids whose decision waits for a flush here: a fast commit, or the accept at ballot 0. Others have voted on them. */
  #waiting(): ReadonlySet<number> {
    const { self, ledger, watch, commits } = this.#ports
    const waiting = new Set(commits.volatileOf(self))
    // The own row alone: thousands of others' may wait for a disk that hangs, and every turn looks here.
    for (const index of watch.indices(self)) {
      const record = ledger.get(self, index)?.record
      if (record?.phase === 'accepted' && record.bal === initialBallot) waiting.add(index)
    }
    return waiting
  }

  #forgetOthers(waiting: ReadonlySet<number>): void {
    const { self, ledger } = this.#ports
    for (const index of this.#asked.keys()) {
      const { phase, cmd } = ledger.get(self, index)?.record ?? {}
      if (waiting.has(index) || (phase !== undefined && phase !== 'committed')) continue
      this.#asked.delete(index)
      this.#nopsInRow = cmd === NOP ? this.#nopsInRow + 1 : 0
    }
  }

  #helper(): Rank | undefined {
    const { self, links, own, disk } = this.#ports
    const helpers = links.live().flatMap((rank): Helper[] => {
      if (rank === self || links.slow(rank)) return []
      const tookMs = own.roundTrips.latestMs(rank) ?? 0
      // The disk there is not slow, so that an answer as late as a flush has waited for one here, before it was asked for.
      return [{ rank, answersInMs: tookMs < disk.flushMs ? tookMs : tookMs - disk.flushMs }]
    })
    return helperOf(helpers, disk.flushMs)
  }
}
