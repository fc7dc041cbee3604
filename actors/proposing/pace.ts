import type { RoundTrips } from '../instances/round-trips.ts'
import type { Links } from '../records/links.ts'
import { Alarm } from '../shared/alarm.ts'
import type { Limits } from '../shared/limits.ts'
import type { Timers } from '../shared/timers.ts'
import type { Proposals } from './proposals.ts'

export interface PacePorts {
  readonly limits: Limits
  readonly timers: Timers
  readonly proposals: Pick<Proposals, 'inFlight' | 'length' | 'fillABatch'>
  readonly roundTrips: RoundTrips
  readonly links: Pick<Links, 'down'>
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
  /** Its turn is enough: whatever waits is proposed at the end of each. */
  readonly #wake: Alarm

  constructor(ports: PacePorts) {
    this.#ports = ports
    this.#wake = new Alarm(ports.timers)
  }

  /** A batch has left. */
  left(): void {
    this.#lastMs = this.#ports.timers.now()
  }

  /** @returns that nothing is to leave now; when it is time there will be a turn */
  holds(): boolean {
    const { limits, timers, proposals, roundTrips, links } = this.#ports
    if (proposals.inFlight === 0 || proposals.length === 0 || proposals.fillABatch) return false
    const leastMs = roundTrips.leastMs(links.down())
    if (leastMs === undefined || leastMs > limits.paceRoundTripMaxMs) return false
    const leftMs = this.#lastMs + roundTrips.twoMs(limits.fastPathWaitMaxMs) - timers.now()
    if (leftMs <= 0) return false
    this.#wake.set(leftMs)
    return true
  }
}
