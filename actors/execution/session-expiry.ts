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

/** The time of the last use of each session at this replica, that of the longest idle first. */
export class SessionUse {
  readonly lastMs = new Map<string, number>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /** Whether a command of the session was executed within so many milliseconds. */
  isRecent(session: string, ms: number): boolean {
    const usedMs = this.lastMs.get(session)
    return usedMs !== undefined && this.#now() - usedMs < ms
  }

  /** Called when a command of the session is executed. */
  used(session: string): void {
    this.lastMs.delete(session)
    this.lastMs.set(session, this.#now())
  }
}

/** Maximum number of proposals at once, so that many old sessions do not delay clients. */
const proposalsMax = 64

/**
 * Proposes to end unused sessions (rule 5.5): after a long time, or when there are many, or their answers are many bytes,
 * those idle for longest first. The decision is replicated; the clock only says when to ask for it.
 */
export class SessionExpiry implements Component {
  readonly #ports: SessionExpiryPorts
  #lookedMs = 0

  constructor(ports: SessionExpiryPorts) {
    this.#ports = ports
  }

  /** Called at every heartbeat; checks all sessions at intervals. */
  tick(): void {
    const { limits, rank, use, clients, now, propose } = this.#ports
    const nowMs = now()
    const isMany = this.#isMany
    if (!isMany && nowMs - this.#lookedMs < limits.sessionIdleMs / 20) return
    this.#lookedMs = nowMs
    const idleMs = isMany ? Math.min(limits.sessionIdleMs, limits.sessionIdleMinMs) : limits.sessionIdleMs
    let proposed = 0
    for (const [session, usedMs] of use.lastMs) {
      // All later ones were used after this one.
      if (nowMs - usedMs < idleMs * (1 + rank / 8)) return
      const last = clients.last(session)
      if (last === undefined) {
        use.lastMs.delete(session)
        continue
      }
      if (++proposed > proposalsMax) {
        // There are more: the next check is at the next heartbeat, or new sessions could outrun the expiry of old ones.
        this.#lookedMs = Number.NEGATIVE_INFINITY
        return
      }
      // The same session is proposed again only after the same time.
      use.used(session)
      propose(session, last)
    }
  }

  /** Whether sessions, or the bytes of their answers, are more than half of what may be. */
  get #isMany(): boolean {
    const { limits, clients } = this.#ports
    return clients.size > limits.sessionsMax / 2 || clients.bytes > limits.sessionsAnswerBytesMax / 2
  }
}
