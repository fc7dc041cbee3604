import type { LinkChange, Links } from '../records/links.ts'
import type { Component } from '../shared/component.ts'
import type { Tap } from '../shared/tap.ts'
import type { RestartBarrier } from './restart-barrier.ts'
import type { Watch } from './watch.ts'

export interface SuspicionPorts {
  readonly links: Links
  readonly watch: Watch
  readonly barrier: RestartBarrier
  readonly tap: Tap | undefined
  now(): number
}

/**
 * The consequences of a change of suspicion (section 4). The instances that a suspected peer coordinates become due;
 * those that waited for a peer become due when it is live again.
 */
export class Suspicion implements Component {
  readonly #ports: SuspicionPorts

  constructor(ports: SuspicionPorts) {
    this.#ports = ports
  }

  changed(changes: readonly LinkChange[]): void {
    const { watch, barrier, tap } = this.#ports
    for (const { rank, state } of changes) {
      tap?.linkChanged?.(rank, state)
      if (state === 'suspected' || state === 'unable' || state === 'mute') watch.suspected(rank)
      if (state !== 'live') continue
      watch.returned(rank)
      barrier.hasten()
    }
  }

  /** Called when voting begins: no peer was heard before. */
  start(): void {
    const { links, now } = this.#ports
    links.restartSuspicion(now())
  }

  /** Suspects the peers that were silent for too long, at every heartbeat. */
  tick(): void {
    const { links, now } = this.#ports
    this.changed(links.suspectSilent(now()))
  }

  stop(): void {
    this.#ports.links.stop()
  }
}
