import type { Rank } from '../../machines/protocol/membership.ts'
import type { Ledger } from '../records/ledger.ts'
import type { Links } from '../records/links.ts'
import type { GateVerdict } from '../shared/gate-verdict.ts'
import type { Life } from '../shared/life.ts'
import type { Limits } from '../shared/limits.ts'
import type { Tap } from '../shared/tap.ts'
import type { Pace } from './pace.ts'
import type { Proposals } from './proposals.ts'

export interface GatePorts {
  readonly self: Rank
  readonly limits: Limits
  readonly life: Life
  readonly ledger: Ledger
  readonly links: Links
  readonly proposals: Proposals
  readonly pace: Pace
  readonly tap: Tap | undefined
}

/**
 * The condition under which the next batch may be proposed now; the proposer asks it at the end of each turn, and
 * before each batch. It is the only place to learn why a command is not proposed yet.
 */
export class Gate {
  readonly #ports: GatePorts
  #latest: GateVerdict = 'notVoting'
  /** The last verdict told to the tap. */
  #told: GateVerdict = 'notVoting'

  constructor(ports: GatePorts) {
    this.#ports = ports
  }

  /** The last verdict; `open` only while a batch leaves. */
  get latest(): GateVerdict {
    return this.#latest
  }

  ask(): GateVerdict {
    this.#latest = this.#judge()
    return this.#latest
  }

  /** Called when no batch could be taken though the gate was open. */
  tookNothing(): void {
    this.#latest = this.#ports.proposals.length === 0 ? 'nothingWaits' : 'inFlight'
  }

  /** Called when the turn proposes nothing more. */
  turnEnded(): void {
    if (this.#latest === this.#told) return
    this.#told = this.#latest
    this.#ports.tap?.gateChanged?.(this.#latest, this.#ports.proposals.length)
  }

  #judge(): GateVerdict {
    const { self, limits, life, ledger, links, proposals, pace } = this.#ports
    if (!life.votes) return 'notVoting'
    if (proposals.length === 0) return 'nothingWaits'
    if (!links.hearsQuorum) return 'noQuorum'
    // The others would reject an index far above the committed prefix (section 7).
    if (ledger.distance(self, ledger.known[self]! + 1) > limits.indexWindowMax / 2) return 'windowFull'
    if (pace.holds()) return 'gathering'
    return proposals.inFlight >= limits.ownInFlightMax ? 'inFlight' : 'open'
  }
}
