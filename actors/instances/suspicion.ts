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

/** What follows when a peer is suspected, or lives again: what it coordinates is due, or what waited for it (section 4). */
export class Suspicion implements Component {
  readonly #ports: SuspicionPorts

  constructor(ports: SuspicionPorts) {
    this.#ports = ports
  }

  changed(changes: readonly LinkChange[]): void {
    const { watch, barrier, tap } = this.#ports
    for (const { rank, state } of changes) {
      tap?.linkChanged?.(rank, state)
      if (state === 'suspected' || state === 'unable') watch.suspected(rank)
      if (state !== 'live') continue
      watch.returned(rank)
      barrier.hasten()
    }
  }

  /** Nobody was heard of before. */
  start(): void {
    const { links, now } = this.#ports
    links.restartSuspicion(now())
  }

  /** Those who were silent for too long are suspected. */
  tick(): void {
    const { links, now } = this.#ports
    this.changed(links.suspectSilent(now()))
  }

  stop(): void {
    this.#ports.links.stop()
  }
}
