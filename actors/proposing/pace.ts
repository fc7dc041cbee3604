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
 * The pace of batches: decides when the next one leaves. The cost of an instance depends little on the number of its
 * commands, so commands gather for the next batch while an instance is under way. They leave together when it is
 * committed, when the batch is full, or after two round trips at the latest, since the instance may take long. A
 * command alone waits for nothing. Between distant sites nothing is held, because the round trip counts most there.
 */
export class Pace {
  readonly #ports: PacePorts
  #lastMs = 0
  /** The alarm needs no callback: waiting commands are proposed at the end of its turn. */
  readonly #wake: Alarm

  constructor(ports: PacePorts) {
    this.#ports = ports
    this.#wake = new Alarm(ports.timers)
  }

  /** Called when a batch has left. */
  left(): void {
    this.#lastMs = this.#ports.timers.now()
  }

  /** @returns whether nothing is to leave now; a turn follows when it is time */
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
