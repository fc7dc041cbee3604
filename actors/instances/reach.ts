import type { Rejection } from '../../machines/protocol/admission.ts'
import type { Dependencies } from '../../machines/protocol/dependencies.ts'
import type { InstanceId } from '../../machines/protocol/instance-id.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import type { InstanceMessage } from '../../machines/protocol/messages.ts'
import { outOfReach, unannouncedMax } from '../../machines/protocol/reach.ts'
import type { Ledger } from '../records/ledger.ts'
import type { Links } from '../records/links.ts'
import type { Component } from '../shared/component.ts'
import type { Limits } from '../shared/limits.ts'
import { GapBudget } from './gap-budget.ts'

export interface ReachPorts {
  readonly self: Rank
  readonly ledger: Ledger
  readonly links: Links
  readonly limits: Limits
  now(): number
}

/**
 * The reach of what peers name ([rule 7.3](../../machines/protocol/README.md#rule-7-3)). The admission asks it
 * about each message of a peer: one message must not make this replica look for ids that were never given away.
 */
export class Reach implements Component {
  readonly #ports: ReachPorts
  /** Per row, the highest index that its owner has announced. */
  readonly #announced: number[]
  readonly #gaps: GapBudget

  constructor(ports: ReachPorts) {
    this.#ports = ports
    const { members } = ports.ledger.membership
    this.#announced = members.map(() => 0)
    this.#gaps = new GapBudget(members.length, unannouncedMax(ports.limits.indexWindowMax), ports.now)
  }

  /** Counts all ids found on disk as announced. */
  resume(): void {
    this.#ports.ledger.known.forEach((index, rank) => {
      this.announced(rank, index)
    })
  }

  /** Notes that the owner of a row has given `index` away. */
  announced(rank: Rank, index: number): void {
    if (index > this.#announced[rank]!) this.#announced[rank] = index
  }

  /** Why a message of a peer names ids that are too far away; undefined for one that does not. */
  faultOf(from: Rank, message: InstanceMessage): Rejection | undefined {
    const { id } = message
    if (message.type === 'stable') return this.#unexecuted(from, id)
    // Its owner announces it by naming it.
    const fault = from === id.rank ? undefined : this.#fault(id.rank, id.index)
    if (fault !== undefined) return fault
    if ('dep' in message) {
      const fault = this.faultOfAll(message.dep)
      if (fault !== undefined) return fault
    }
    if (message.type === 'recoverOk') return this.faultOfAll(message.initDep)
    if (message.type !== 'validateOk') return undefined
    for (const { id } of message.invalidating) {
      const fault = this.#fault(id.rank, id.index)
      if (fault !== undefined) return fault
    }
    return undefined
  }

  /** A peer lets no record go before it has told of its execution ([rule 7.5](../../machines/protocol/README.md#rule-7-5)). */
  #unexecuted(from: Rank, { rank, index }: InstanceId): Rejection | undefined {
    if ((this.#ports.links.progress(from).executed?.[rank] ?? 0) >= index) return undefined
    return { code: 'unannounced', text: `it has not told that ${rank}.${index} (by rank) is executed there` }
  }

  /** Why a vector names ids that are too far away. */
  faultOfAll(dep: Dependencies): Rejection | undefined {
    for (let rank = 0; rank < dep.length; rank++) {
      const fault = this.#fault(rank, dep[rank]!)
      if (fault !== undefined) return fault
    }
    return undefined
  }

  /** Why an id cannot be heard of yet: too many before it are unknown. */
  gapFault({ rank, index }: InstanceId): Rejection | undefined {
    if (index <= this.furthest(rank)) return undefined
    const text = `it is about ${rank}.${index} (by rank), and too many ids before it are unknown`
    return { code: 'unannounced', text }
  }

  /** The highest index of a row that may be heard of now. */
  furthest(rank: Rank): number {
    return this.#ports.ledger.knownOf(rank) + this.#gaps.left(rank) + 1
  }

  /** Called before ids of a row up to `index` are heard of by the word of a peer. */
  hearing(rank: Rank, index: number): void {
    this.#gaps.skipped(rank, index - this.#ports.ledger.knownOf(rank) - 1)
  }

  #fault(rank: Rank, index: number): Rejection | undefined {
    const { self, ledger, links, limits } = this.#ports
    if (index <= ledger.knownOf(rank)) return undefined
    const row = {
      committed: index - ledger.distance(rank, index),
      announced: this.#announced[rank]!,
      isLive: rank === self || links.hears(rank),
    }
    const code = outOfReach(index, row, limits.indexWindowMax)
    if (code === undefined) return undefined
    const text =
      code === 'beyondWindow'
        ? `it names ${rank}.${index} (by rank), beyond the index window`
        : `it names ${rank}.${index} (by rank), of which its owner has not told`
    return { code, text }
  }
}
