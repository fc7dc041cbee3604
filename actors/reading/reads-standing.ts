import type { Execution } from '../execution/execution.ts'
import type { Ledger } from '../records/ledger.ts'
import type { Links } from '../records/links.ts'
import type { Life } from '../shared/life.ts'
import type { ReadsStanding } from '../shared/reads-verdict.ts'
import type { Tap } from '../shared/tap.ts'
import type { Round } from './round.ts'

export interface ReadsStandingPorts {
  readonly life: Pick<Life, 'votes'>
  readonly links: Pick<Links, 'hearsQuorum' | 'peers'>
  readonly execution: Pick<Execution, 'isHeld'>
  readonly ledger: Pick<Ledger, 'membership'>
  readonly tap: Tap | undefined
}

const nothing = { awaits: undefined, unanswered: [] }

/**
 * What the oldest read waits for, from its round if it has one.
 * @param waiting number of reads that are not answered
 */
export function readsStanding(ports: ReadsStandingPorts, waiting: number, oldest: Round | undefined): ReadsStanding {
  const { life, links, execution, ledger } = ports
  if (waiting === 0) {
    const verdict = !life.votes ? 'notVoting' : links.hearsQuorum ? 'nothingWaits' : 'noQuorum'
    return { verdict, waiting, ...nothing }
  }
  if (execution.isHeld) return { verdict: 'stateReplaced', waiting, ...nothing }
  if (oldest === undefined) return { verdict: 'gathering', waiting, ...nothing }
  if (!oldest.answers.isEnough) {
    const unanswered = links.peers.filter(peer => !oldest.answers.has(peer))
    return { verdict: 'roundUnderWay', waiting, awaits: undefined, unanswered }
  }
  const { oldestAwaited: awaited } = oldest
  // Settled, and looked at by nobody since: the turn under way answers it.
  if (awaited === undefined) return { verdict: 'nothingWaits', waiting, ...nothing }
  const { rank, index, isKnown } = awaited
  const awaits = { epoch: ledger.membership.epoch, rank, index }
  return { verdict: isKnown ? 'unsettled' : 'unknownPayload', waiting, awaits, unanswered: [] }
}

/** Tells an observer when reads wait for something else than before. */
export class ReadsTeller {
  readonly #ports: ReadsStandingPorts
  #told: Pick<ReadsStanding, 'verdict' | 'awaits'> = { verdict: 'notVoting', awaits: undefined }

  constructor(ports: ReadsStandingPorts) {
    this.#ports = ports
  }

  tell(standing: () => ReadsStanding): void {
    const { tap } = this.#ports
    if (tap?.readsChanged === undefined) return
    const now = standing()
    const { verdict, awaits } = this.#told
    const isSame = verdict === now.verdict && awaits?.rank === now.awaits?.rank && awaits?.index === now.awaits?.index
    if (isSame) return
    this.#told = now
    tap.readsChanged(now)
  }
}
