import type { Dependencies } from '../../machines/protocol/dependencies.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import type { Message, MessageOf } from '../../machines/protocol/messages.ts'
import type { Donors } from '../records/donors.ts'
import type { Ledger } from '../records/ledger.ts'
import type { Links } from '../records/links.ts'
import type { Component } from '../shared/component.ts'
import type { Counters } from '../shared/counters.ts'
import type { Limits } from '../shared/limits.ts'
import type { SnapshotTransfer } from './snapshot-transfer.ts'

export interface CatchUpPorts {
  readonly ledger: Ledger
  readonly links: Links
  readonly donors: Donors
  readonly limits: Limits
  readonly counters: Counters
  now(): number
  say(to: Rank, message: Message): void
  /** Fetches a donor's snapshot when the missing records are gone there. */
  readonly transfer: Pick<SnapshotTransfer, 'begin'>
}

/**
 * Fetches the commits that this replica missed, by vector difference, from one donor at a time
 * ([sections 7](../../machines/protocol/README.md#section-7) and [8](../../machines/protocol/README.md#section-8)), and
 * serves those of others.
 */
export class CatchUp implements Component {
  readonly #ports: CatchUpPorts
  #fetch: { readonly donor: Rank; readonly from: Dependencies; sinceMs: number } | undefined
  /**
   * Vectors that the donors had executed one tick ago. Commits below them that are still missing were missed, not just
   * late.
   */
  #overdue = new Map<Rank, Dependencies>()

  constructor(ports: CatchUpPorts) {
    this.#ports = ports
  }

  /** Number of instances that some live peer has executed and that are not committed here. */
  get lag(): number {
    const { ledger, links } = this.#ports
    const mine = ledger.committedPrefix
    return mine.reduce((sum, own, rank) => {
      const furthest = Math.max(0, ...links.peers.map(peer => links.progress(peer).executed?.[rank] ?? 0))
      return sum + Math.max(0, furthest - own)
    }, 0)
  }

  /** Called at every heartbeat. */
  tick(): void {
    const { links, donors, limits, now } = this.#ports
    if (this.#fetch !== undefined && now() - this.#fetch.sinceMs > limits.fetchTimeoutMs) {
      donors.didNotHelp(this.#fetch.donor)
      this.#isOver()
    }
    if (this.#fetch === undefined) this.#begin(this.#overdue)
    this.#overdue = new Map(
      links.peers.flatMap(peer => {
        const { executed } = links.progress(peer)
        return executed === undefined ? [] : [[peer, executed] as const]
      }),
    )
  }

  /** Called when the donor has sent all commits that it had. */
  ended(from: Rank, { floor }: MessageOf<'fetchEnd'>): void {
    if (this.#fetch?.donor !== from) return
    const before = this.#fetch.from
    this.#isOver()
    const { ledger, links, donors } = this.#ports
    if (ledger.committedPrefix.some((index, rank) => index < floor[rank]!)) {
      this.#ports.transfer.begin(from)
      return
    }
    const isFurther = ledger.committedPrefix.some((index, rank) => index > before[rank]!)
    if (isFurther) {
      this.#ports.counters.fetches++
      donors.helped(from)
    } else donors.didNotHelp(from)
    const { executed } = links.progress(from)
    if (isFurther && executed !== undefined) this.#begin(new Map([[from, executed]]))
  }

  /** Answers a fetch: the commits here between the two vectors, lowest indices first, as many as fit. */
  serve(to: Rank, { from, to: upTo }: MessageOf<'fetch'>): void {
    const { ledger, limits, say } = this.#ports
    let ids = 0
    let bytes = 0
    // Instances that came here in a snapshot can only be sent as one.
    const floor = ledger.floor.slice()
    const reached = from.map((start, rank) => {
      const end = Math.min(upTo[rank] ?? 0, ledger.knownOf(rank))
      // Of those below the floor there is no record: nothing is looked for there.
      let index = Math.max(start, Math.min(end, floor[rank]!))
      while (index < end && ids < limits.fetchIdsMax && bytes < limits.batchBytesMax) {
        index++
        if (ledger.isGone({ rank, index })) floor[rank] = index
        const entry = ledger.get(rank, index)
        const record = entry?.record
        if (entry === undefined || record?.phase !== 'committed' || record.cmd === undefined) continue
        ids++
        bytes += entry.payloadBytes
        say(to, {
          type: 'commit',
          id: { epoch: ledger.membership.epoch, rank, index },
          cmd: record.cmd,
          dep: record.dep,
        })
      }
      return index
    })
    say(to, { type: 'fetchEnd', upTo: reached, floor })
  }

  #isOver(): void {
    this.#fetch = undefined
    this.#ports.donors.asks(undefined)
  }

  #begin(targets: ReadonlyMap<Rank, Dependencies>): void {
    const { ledger, links, donors, limits, now, say } = this.#ports
    const mine = ledger.committedPrefix
    const failed = donors.unhelpful
    const [best] = [...targets]
      .map(([donor, executed]) => ({
        donor,
        executed,
        missing: mine.reduce((sum, own, rank) => sum + Math.max(0, (executed[rank] ?? 0) - own), 0),
        failedAt: failed.indexOf(donor),
      }))
      .filter(({ donor, missing }) => missing > 0 && links.state(donor) === 'live')
      .sort((a, b) => a.failedAt - b.failedAt || b.missing - a.missing)
    if (best === undefined) return
    let quota = limits.fetchIdsMax
    const to = mine.map((own, rank) => {
      const wanted = Math.min(quota, Math.max(0, best.executed[rank]! - own))
      quota -= wanted
      return own + wanted
    })
    this.#fetch = { donor: best.donor, from: mine, sinceMs: now() }
    donors.asks(best.donor)
    say(best.donor, { type: 'fetch', from: mine, to })
  }
}
