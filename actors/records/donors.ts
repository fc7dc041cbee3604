import type { Rank } from '../../machines/protocol/membership.ts'
import type { Links } from './links.ts'

/**
 * The peers from which missing commits may be fetched: those that say they have them, unless a fetch from them was of
 * no use.
 */
export class Donors {
  readonly #links: Links
  /** Donors whose last fetch did not help, the latest last. Others are asked first, and nothing waits for these. */
  readonly #unhelpful = new Set<Rank>()

  #asked: Rank | undefined

  constructor(links: Links) {
    this.#links = links
  }

  /**
   * Whether the commit of an id can be fetched: a live peer has executed it, and answers when it is asked. A peer that
   * is heard and does not hear holds nothing up: the instance is recovered like any other.
   */
  isFetchable(rank: Rank, index: number): boolean {
    return this.#links.peers.some(
      peer =>
        this.#links.state(peer) === 'live' &&
        !this.#unhelpful.has(peer) &&
        (this.#links.progress(peer).executed?.[rank] ?? 0) >= index,
    )
  }

  /** Notes the donor of the fetch that is under way; undefined for none. */
  asks(donor: Rank | undefined): void {
    this.#asked = donor
  }

  /** Whether a fetch from this peer is under way: its commits may be far ahead of what is known here. */
  isAsked(peer: Rank): boolean {
    return this.#asked === peer
  }

  /** The donors that did not help, the latest last. */
  get unhelpful(): readonly Rank[] {
    return [...this.#unhelpful]
  }

  helped(donor: Rank): void {
    this.#unhelpful.delete(donor)
  }

  /** Notes that a fetch from this donor was of no use, so that others are asked first. */
  didNotHelp(donor: Rank): void {
    this.#unhelpful.delete(donor)
    this.#unhelpful.add(donor)
  }
}
