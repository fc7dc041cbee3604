import type { Limits } from '../shared/limits.ts'
import type { FlushDurations } from './flush-durations.ts'
import type { Outbox } from './outbox.ts'

/** `full`: the last write found no room. `stalled`: the flush under way takes longer than the suspicion time. */
export type DiskState = 'ok' | 'full' | 'stalled'

export interface DiskHealthPorts {
  readonly limits: Pick<Limits, 'suspicionMs' | 'recoveryDelayMs'>
  readonly outbox: Pick<Outbox, 'hasRoom'>
  readonly durations: Pick<FlushDurations, 'underWaySinceMs' | 'recentMs'>
  now(): number
}

const reasons: { readonly [state in DiskState]: string | undefined } = {
  ok: undefined,
  full: 'the disk of this replica is full',
  stalled: 'the disk of this replica does not answer',
}

/**
 * The health of the replica's disk ([section 4](../../machines/protocol/README.md#section-4), _Mute_): heartbeats, the
 * reception of commands and the status ask for it. No vote leaves without a flush, so a disk that is full or hangs is
 * as good as a crash to the others, while the heartbeats go on.
 */
export class DiskHealth {
  readonly #ports: DiskHealthPorts
  /** When this replica itself last stood still: the end of a flush may have waited for that. */
  #stoodStillMs = Number.NEGATIVE_INFINITY

  constructor(ports: DiskHealthPorts) {
    this.#ports = ports
  }

  get state(): DiskState {
    if (!this.#ports.outbox.hasRoom) return 'full'
    const { stallsInMs } = this
    return stallsInMs !== undefined && stallsInMs <= 0 ? 'stalled' : 'ok'
  }

  /** The reason why nothing can become durable now; undefined when it can. */
  get reason(): string | undefined {
    return reasons[this.state]
  }

  /** Time until the flush under way counts as stalled, ms; undefined when there is none. */
  get stallsInMs(): number | undefined {
    const { durations, limits, now } = this.#ports
    const sinceMs = durations.underWaySinceMs
    return sinceMs === undefined ? undefined : Math.max(sinceMs, this.#stoodStillMs) + limits.suspicionMs - now()
  }

  /** Time until the flush under way counts as slow, ms; undefined when there is none. */
  get slowInMs(): number | undefined {
    const { durations, limits, now } = this.#ports
    const sinceMs = durations.underWaySinceMs
    return sinceMs === undefined ? undefined : sinceMs + limits.recoveryDelayMs - now()
  }

  /** Duration to expect of a flush, ms. */
  get flushMs(): number {
    return this.#ports.durations.recentMs
  }

  /**
   * Whether flushes take as long as the delay after which others recover: what this replica leads takes that long, and
   * several times.
   */
  get isSlow(): boolean {
    return this.flushMs >= this.#ports.limits.recoveryDelayMs
  }

  /** Called when this replica itself has stood still. */
  stoodStill(): void {
    this.#stoodStillMs = this.#ports.now()
  }
}
