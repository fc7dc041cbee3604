import type { Component } from '../shared/component.ts'
import type { Limits } from '../shared/limits.ts'

export interface ClockWaitPorts {
  readonly limits: Limits
  /** The cluster clock; undefined while it is not known. */
  clusterMs(): number | undefined
  now(): number
}

interface Waiting {
  readonly sinceMs: number
  again(): void
}

/**
 * The host program's commands that depend on the time, while too few clocks are known (rule 10.3): a replica that has
 * just started hears of them with the first heartbeats. They wait as long as commands of an isolated replica do, and
 * are refused then. Clients do not wait here, since they can go elsewhere.
 */
export class ClockWait implements Component {
  readonly #ports: ClockWaitPorts
  #waiting: Waiting[] = []

  constructor(ports: ClockWaitPorts) {
    this.#ports = ports
  }

  /** Calls `again` once the clock is known, or the wait is over. @returns false: there is no room to wait */
  wait(again: () => void): boolean {
    const { limits, now } = this.#ports
    if (this.#waiting.length >= limits.proposalQueueMax) return false
    this.#waiting.push({ sinceMs: now(), again })
    return true
  }

  /** Called at every heartbeat. */
  tick(): void {
    const { limits, clusterMs, now } = this.#ports
    if (this.#waiting.length === 0) return
    const isKnown = clusterMs() !== undefined
    this.#end(({ sinceMs }) => isKnown || now() - sinceMs >= limits.isolatedWaitMs)
  }

  stop(): void {
    this.#end(() => true)
  }

  #end(isOver: (waiting: Waiting) => boolean): void {
    const over = this.#waiting.filter(isOver)
    this.#waiting = this.#waiting.filter(waiting => !over.includes(waiting))
    for (const { again } of over) again()
  }
}
