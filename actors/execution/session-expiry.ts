import type { ClientTable } from '../../machines/execution/client-table.ts'
import type { Component } from '../shared/component.ts'
import type { Limits } from '../shared/limits.ts'

export interface SessionExpiryPorts {
  readonly limits: Limits
  /** This replica's rank: the first to notice proposes, the others a little later. */
  readonly rank: number
  readonly clients: ClientTable
  readonly use: SessionUse
  now(): number
  /** Proposes to end a session in which nothing was applied above `last`. */
  propose(session: string, last: number): void
}

/** When each session was last used at this replica. */
export class SessionUse {
  readonly lastMs = new Map<string, number>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /** Something of the session was executed, just now. */
  used(session: string): void {
    this.lastMs.set(session, this.#now())
  }
}

/** Proposals at once: an army of old sessions is not to hold up clients. */
const proposalsMax = 64

/** Proposes to end sessions that nobody uses: the decision is replicated, the clock only says when to ask for it. */
export class SessionExpiry implements Component {
  readonly #ports: SessionExpiryPorts
  #lookedMs = 0

  constructor(ports: SessionExpiryPorts) {
    this.#ports = ports
  }

  /** Called at every heartbeat; looks through all sessions now and then. */
  tick(): void {
    const { limits, rank, use, clients, now, propose } = this.#ports
    const nowMs = now()
    if (nowMs - this.#lookedMs < limits.sessionIdleMs / 20) return
    this.#lookedMs = nowMs
    let proposed = 0
    for (const [session, usedMs] of use.lastMs) {
      if (nowMs - usedMs < limits.sessionIdleMs * (1 + rank / 8)) continue
      const last = clients.last(session)
      if (last === undefined) {
        use.lastMs.delete(session)
        continue
      }
      if (++proposed > proposalsMax) {
        // There are more: the next look is at the next heartbeat, or an army of them would outrun their expiry.
        this.#lookedMs = Number.NEGATIVE_INFINITY
        return
      }
      // Asked for again only after as long.
      use.lastMs.set(session, nowMs)
      propose(session, last)
    }
  }
}
