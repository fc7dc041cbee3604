import { clusterClock, noReading } from '../../machines/protocol/cluster-clock.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import type { Quorums } from '../../machines/protocol/quorums.ts'

export interface ClusterClockPorts {
  readonly self: Rank
  readonly quorums: Quorums
  /** A reading that is older than this counts no more for `now`: its owner is suspected by then. */
  readonly suspicionMs: number
  /** The own time of day, in ms since 1970. It may be wrong, and be set. */
  wallClock(): number
  /** The own clock that is never set, in ms. */
  now(): number
}

/**
 * The time of day as the cluster has it ([section 10](../../machines/protocol/README.md#section-10)), made of what the
 * members' heartbeats say of their clocks. Reception stamps commands with it, and due commands are proposed by it. One
 * wrong clock of three, or two of five, cannot end a key early, or keep it longer.
 */
export class ClusterClock {
  readonly #ports: ClusterClockPorts
  /** Per rank, the latest reading that was heard, and the own time at which it was. */
  readonly #claims: number[]
  readonly #heardMs: number[]
  /** What is read now; kept, so that stamping a command makes no list. */
  readonly #readings: number[]

  constructor(ports: ClusterClockPorts) {
    const { n } = ports.quorums
    this.#ports = ports
    this.#claims = new Array<number>(n).fill(noReading)
    this.#heardMs = new Array<number>(n).fill(noReading)
    this.#readings = new Array<number>(n).fill(noReading)
  }

  /** The own reading, as a heartbeat carries it (rule 10.1). */
  get claim(): number {
    return Math.max(0, Math.floor(this.#ports.wallClock()))
  }

  /**
   * Called with the reading in a peer's heartbeat (rule 10.1). The latest one counts, not the largest: a clock that was
   * wrong and has been set right is right again. @param reading undefined: the peer's version tells none
   */
  claimed(from: Rank, reading: number | undefined): void {
    this.#claims[from] = reading ?? noReading
    this.#heardMs[from] = this.#ports.now()
  }

  /** How far the own clock is ahead of the cluster clock, in ms; undefined while that is not known. */
  get aheadMs(): number | undefined {
    const clusterMs = this.now()
    return clusterMs === undefined ? undefined : Math.round(this.#ports.wallClock() - clusterMs)
  }

  /** The time that has passed for sure, by which deadlines are due (rule 10.2); undefined: nothing is due. */
  passed(): number | undefined {
    const { self, quorums, wallClock } = this.#ports
    this.#claims[self] = wallClock()
    return clusterClock(this.#claims, quorums)
  }

  /**
   * The time of now, from which deadlines are counted (rule 10.3), and never before what has passed; undefined: no
   * command may be stamped.
   */
  now(): number | undefined {
    const { self, quorums, suspicionMs, wallClock, now } = this.#ports
    const readings = this.#readings
    const nowMs = now()
    for (let rank = 0; rank < readings.length; rank++) {
      const agoMs = nowMs - this.#heardMs[rank]!
      readings[rank] = agoMs <= suspicionMs ? this.#claims[rank]! + agoMs : noReading
    }
    readings[self] = wallClock()
    const found = clusterClock(readings, quorums)
    return found && Math.max(found, this.passed()!)
  }
}
