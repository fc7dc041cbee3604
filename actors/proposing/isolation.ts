import type { Links } from '../records/links.ts'
import type { Component } from '../shared/component.ts'
import type { Limits } from '../shared/limits.ts'
import type { Proposals } from './proposals.ts'

export interface IsolationPorts {
  readonly limits: Limits
  readonly links: Links
  readonly proposals: Proposals
  now(): number
}

/**
 * What becomes of commands while too few are heard of to decide anything. They wait at first: a replica that has just begun,
 * or was cut off for a moment, will propose them. Then they are refused, so that their clients may go elsewhere: waiting on,
 * they would end as unknown there, though they were never proposed.
 */
export class Isolation implements Component {
  readonly #ports: IsolationPorts
  #sinceMs: number | undefined

  constructor(ports: IsolationPorts) {
    this.#ports = ports
  }

  /** Why no command is taken in, or undefined when it is. */
  get reason(): string | undefined {
    const { limits, links, now } = this.#ports
    if (links.hearsQuorum || this.#sinceMs === undefined || now() - this.#sinceMs < limits.isolatedWaitMs)
      return undefined
    return 'this replica hears too few of the others to decide anything'
  }

  /** Called at every heartbeat. */
  tick(): void {
    const { links, proposals, now } = this.#ports
    this.#sinceMs = links.hearsQuorum ? undefined : (this.#sinceMs ?? now())
    const { reason } = this
    if (reason !== undefined) proposals.drop(reason)
  }
}
