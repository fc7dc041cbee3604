import { type Dependencies, noDependencies } from '../../machines/protocol/dependencies.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import { greatest } from '../../machines/protocol/truncation.ts'
import type { Execution } from '../execution/execution.ts'
import type { RestartBarrier } from '../instances/restart-barrier.ts'
import type { Ledger } from '../records/ledger.ts'
import type { Links } from '../records/links.ts'
import type { Component } from '../shared/component.ts'
import type { ReplicaEvent } from '../shared/events.ts'

export interface CaughtUpPorts {
  readonly self: Rank
  readonly ledger: Pick<Ledger, 'membership'>
  readonly links: Links
  readonly execution: Pick<Execution, 'prefix' | 'isHeld'>
  readonly barrier: Pick<RestartBarrier, 'top'>
  now(): number
  /** Reports an event to the operator. */
  log(event: ReplicaEvent): void
}

/**
 * Whether this replica has caught up since it began to vote: it has executed all that a quorum had executed when it
 * first heard one, and all that it may itself have forgotten. A replica votes seconds before that; whoever restarts
 * replicas one by one waits for this.
 */
export class CaughtUp implements Component {
  readonly #ports: CaughtUpPorts
  #sinceMs = 0
  /** Per row, the index to execute; undefined until a quorum is heard. */
  #target: Dependencies | undefined
  #isReached = false

  constructor(ports: CaughtUpPorts) {
    this.#ports = ports
  }

  get isReached(): boolean {
    return this.#isReached
  }

  start(): void {
    this.#sinceMs = this.#ports.now()
  }

  /** Called at every heartbeat. */
  tick(): void {
    if (this.#isReached) return
    this.#target ??= this.#heardTarget()
    const { execution, now, log } = this.#ports
    // What a checkpoint has executed counts once the state stands.
    if (
      execution.isHeld ||
      this.#target === undefined ||
      execution.prefix.some((index, rank) => index < this.#target![rank]!)
    )
      return
    this.#isReached = true
    log({ code: 'caughtUp', afterMs: Math.round(now() - this.#sinceMs) })
  }

  #heardTarget(): Dependencies | undefined {
    const { self, ledger, links, barrier } = this.#ports
    const { quorums } = ledger.membership
    const vectors = links.peers.flatMap(peer => {
      const { executed } = links.progress(peer)
      return executed === undefined ? [] : [executed]
    })
    if (vectors.length + 1 < quorums.slow) return undefined
    return vectors.reduce<Dependencies>(
      (all, each) => greatest(all, each),
      noDependencies(quorums.n).with(self, barrier.top),
    )
  }
}
