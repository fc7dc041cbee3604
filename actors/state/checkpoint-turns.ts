import type { Rank } from '../../machines/protocol/membership.ts'
import type { Links } from '../records/links.ts'
import type { Limits } from '../shared/limits.ts'

export interface CheckpointTurnsPorts {
  readonly self: Rank
  readonly limits: Pick<Limits, 'checkpointWaitMaxMs' | 'heartbeatIntervalMs'>
  readonly links: Pick<Links, 'live' | 'busy'>
  now(): number
}

/** Heartbeats that a replica leaves each one before it in which to begin, and to say so. */
const heartbeatsApart = 2

/**
 * The turn of a replica to begin a checkpoint ([rule 8.13](../../machines/protocol/README.md#rule-8-13)). All replicas
 * have executed about the same, and would begin together: then every one of them is slower at once, and clients feel it.
 */
export class CheckpointTurns {
  readonly #ports: CheckpointTurnsPorts
  /** When this replica first wanted the checkpoint that it waits for. */
  #wantedMs: number | undefined
  /** When the last busy peer was seen, since then. */
  #busyMs = 0

  constructor(ports: CheckpointTurnsPorts) {
    this.#ports = ports
  }

  /**
   * Called while this replica wants a checkpoint.
   * @param isPressing whether it has become too much to wait any longer
   * @returns whether it may begin
   */
  mayBegin(isPressing: boolean): boolean {
    const { self, limits, links, now } = this.#ports
    const nowMs = now()
    this.#wantedMs ??= nowMs
    if (isPressing || nowMs - this.#wantedMs >= limits.checkpointWaitMaxMs) return true
    const live = links.live()
    if (live.some(rank => rank !== self && links.busy(rank))) {
      this.#busyMs = nowMs
      return false
    }
    // Those before it that want one too have begun by then.
    const apartMs = live.indexOf(self) * heartbeatsApart * limits.heartbeatIntervalMs
    return nowMs - Math.max(this.#wantedMs, this.#busyMs) >= apartMs
  }

  /** Called when a checkpoint begins. */
  begun(): void {
    this.#wantedMs = undefined
    this.#busyMs = 0
  }
}
