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
 * The treatment of commands while no quorum is heard. They wait at first: a replica that has just started, or was cut
 * off for a moment, will propose them. Then they are refused, so that their clients may go elsewhere. Commands that
 * waited longer would time out as unknown at their clients, though they were never proposed.
 */
export class Isolation implements Component {
  readonly #ports: IsolationPorts
  #sinceMs: number | undefined

  constructor(ports: IsolationPorts) {
    this.#ports = ports
  }

  /** The reason why no command is taken in; undefined when commands are. */
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
