import type { Component } from '../shared/component.ts'
import type { ReplicaEvent } from '../shared/events.ts'
import type { Limits } from '../shared/limits.ts'
import type { ClusterClock } from './cluster-clock.ts'

export interface ClockWatchPorts {
  readonly limits: Limits
  readonly clusterClock: ClusterClock
  /** Reports an event to the operator. */
  log(event: ReplicaEvent): void
}

/**
 * Tells the operator when the clock of this machine is far from the cluster clock, and when it is right again. It is
 * outvoted meanwhile, and harms nothing; with a second one that is wrong deadlines would be.
 */
export class ClockWatch implements Component {
  readonly #ports: ClockWatchPorts
  #isOff = false

  constructor(ports: ClockWatchPorts) {
    this.#ports = ports
  }

  /** Called at every heartbeat. */
  tick(): void {
    const { limits, clusterClock, log } = this.#ports
    const aheadMs = clusterClock.aheadMs
    if (aheadMs === undefined) return
    const isOff = Math.abs(aheadMs) > limits.clockOffMs
    if (isOff === this.#isOff) return
    this.#isOff = isOff
    log(isOff ? { code: 'clockOff', aheadMs } : { code: 'clockRight', aheadMs })
  }
}
