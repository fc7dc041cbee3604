import type { Limits } from './limits.ts'
import type { Proposals } from './proposals.ts'
import type { RoundTrips } from './round-trips.ts'
import type { TimerQueue } from './timers.ts'

/** Of the shortest round trip, for how long a batch is held. */
const roundTripsHeld = 2

export interface PacePorts {
  readonly limits: Limits
  readonly timers: TimerQueue
  /** Own instances that are not committed, and commands that wait. */
  readonly proposals: Pick<Proposals, 'inFlight' | 'length'>
  readonly roundTrips: RoundTrips
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
    const { shortestMs, leastMs } = roundTrips
    if (proposals.inFlight === 0 || proposals.length === 0 || proposals.length >= limits.batchCommandsMax) return false
    if (shortestMs === undefined || leastMs === undefined || leastMs > limits.paceRoundTripMaxMs) return false
    const leftMs = this.#lastMs + roundTripsHeld * shortestMs - timers.now()
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
