import type { Limits } from './limits.ts'
import type { Proposals } from './proposals.ts'
import type { RoundTrips } from './round-trips.ts'
import type { TimerQueue } from './timers.ts'

/** Of the shortest round trip, for how long a batch is held. */
const roundTripsHeld = 2

export interface PacePorts {
  readonly limits: Limits
  readonly timers: TimerQueue
  readonly proposals: Pick<Proposals, 'inFlight' | 'length' | 'fillABatch'>
  readonly roundTrips: RoundTrips
  /** Replicas believed down, by rank, as bits. */
  down(): number
}

/**
 * When the next batch leaves. What an instance costs depends little on how many commands it carries: while one is under way,
 * those that come meanwhile gather for the next, and leave together when it is committed, when they are as many as fit, or
 * after two round trips at the latest: it may be one that takes long. Alone a command waits for nothing. Between sites far
 * apart nothing is held: there the round trip is what counts.
 */
export class Pace {
  readonly #ports: PacePorts
  #lastMs = 0
  #isTimed = false

  constructor(ports: PacePorts) {
    this.#ports = ports
  }

  /** A batch has left. */
  left(): void {
    this.#lastMs = this.#ports.timers.now()
  }

  /** Nothing leaves now; when it is time there will be a turn. */
  get isHeld(): boolean {
    const { limits, timers, proposals, roundTrips } = this.#ports
    if (proposals.inFlight === 0 || proposals.length === 0 || proposals.fillABatch) return false
    const { shortestMs } = roundTrips
    const leastMs = roundTrips.leastMs(this.#ports.down())
    if (shortestMs === undefined || leastMs === undefined || leastMs > limits.paceRoundTripMaxMs) return false
    // What was answered after an outage says nothing of the next.
    const heldMs = Math.min(roundTripsHeld * shortestMs, limits.fastPathWaitMaxMs)
    const leftMs = this.#lastMs + heldMs - timers.now()
    if (leftMs <= 0) return false
    this.#wakeIn(leftMs)
    return true
  }

  #wakeIn(ms: number): void {
    if (this.#isTimed) return
    this.#isTimed = true
    this.#ports.timers.set(ms, () => {
      this.#isTimed = false
    })
  }
}
