import type { Rank } from '../../machines/protocol/membership.ts'
import type { Ledger } from '../records/ledger.ts'
import type { Links } from '../records/links.ts'
import type { Outbox } from '../records/outbox.ts'
import type { Life } from '../shared/life.ts'
import type { Limits } from '../shared/limits.ts'
import type { Pace } from './pace.ts'
import type { Proposals } from './proposals.ts'

/** Why no command is proposed now: each says when the next one is. */
export const gateReasons = {
  notVoting: 'this replica does not vote: it proposes nothing',
  nothingWaits: 'no command waits to be proposed',
  flushUnderWay: 'a flush is under way: commands that come meanwhile leave together when it ends',
  noQuorum: 'too few are heard of to decide anything: the others would make Nops of what is proposed',
  windowFull: 'the next index lies half an index window above what is committed: the others would reject it',
  gathering: 'commands gather for the next batch while an own instance is under way',
  inFlight: 'as many own instances as may be are under way, or all that waits is on keys with too many of them',
} as const
export type GateReason = keyof typeof gateReasons
export type GateVerdict = 'open' | GateReason

export interface GatePorts {
  readonly self: Rank
  readonly limits: Limits
  readonly life: Life
  readonly ledger: Ledger
  readonly links: Links
  readonly outbox: Outbox
  readonly proposals: Proposals
  readonly pace: Pace
}

/**
 * Whether the next batch may be proposed now: the one answer to why a command was not proposed yet. It is asked at the end of
 * each turn, and before each batch that leaves in it.
 */
export class Gate {
  readonly #ports: GatePorts
  #latest: GateVerdict = 'notVoting'

  constructor(ports: GatePorts) {
    this.#ports = ports
  }

  /** The last answer; `open` only while a batch leaves. */
  get latest(): GateVerdict {
    return this.#latest
  }

  ask(): GateVerdict {
    this.#latest = this.#judge()
    return this.#latest
  }

  /** Nothing was taken though nothing else is in the way. */
  tookNothing(): void {
    this.#latest = this.#ports.proposals.length === 0 ? 'nothingWaits' : 'inFlight'
  }

  #judge(): GateVerdict {
    const { self, limits, life, ledger, links, outbox, proposals, pace } = this.#ports
    if (!life.votes) return 'notVoting'
    if (proposals.length === 0) return 'nothingWaits'
    if (outbox.isFlushing) return 'flushUnderWay'
    if (!links.hearsQuorum) return 'noQuorum'
    // Far ahead of what is committed the others would reject it (section 7).
    if (ledger.distance(self, ledger.known[self]! + 1) > limits.indexWindowMax / 2) return 'windowFull'
    if (pace.holds()) return 'gathering'
    return proposals.inFlight >= limits.ownInFlightMax ? 'inFlight' : 'open'
  }
}
