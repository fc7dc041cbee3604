import type { Rank } from '../../machines/protocol/membership.ts'
import type { Limits } from '../shared/limits.ts'
import type { Ledger } from './ledger.ts'
import type { Links } from './links.ts'

/** So many missing ids of a row, the lowest, are looked after though a peer says that it has executed them. */
const firstOfRow = 16

/**
 * The peers from which missing commits may be fetched: those that say they have them, unless a fetch from them was of
 * no use.
 */
export class Donors {
  readonly #links: Links
  readonly #ledger: Pick<Ledger, 'distance'>
  readonly #heldMaxMs: number
  /** Donors whose last fetch did not help, the latest last. Others are asked first, and nothing waits for these. */
  readonly #unhelpful = new Set<Rank>()

  #asked: Rank | undefined

  constructor(links: Links, ledger: Pick<Ledger, 'distance'>, { fetchTimeoutMs }: Pick<Limits, 'fetchTimeoutMs'>) {
    this.#links = links
    this.#ledger = ledger
    this.#heldMaxMs = 2 * fetchTimeoutMs
  }

  /**
   * Whether the commit of an id can be fetched: a live peer has executed it, and answers when it is asked. A peer that
   * is heard and does not hear holds nothing up: the instance is recovered like any other. Nor does one that has not
   * executed what it says (rule 7.6): the first missing ids of a row wait for as long as two fetches may take.
   * @param forMs since it was first heard of
   */
  isFetchable(rank: Rank, index: number, forMs: number): boolean {
    if (forMs > this.#heldMaxMs && this.#ledger.distance(rank, index) <= firstOfRow) return false
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
