import type { Rank } from '../../machines/protocol/membership.ts'
import type { Links } from './links.ts'

/** Of whom what is missing here may be fetched: from those who say that they have it, unless asking them was of no use. */
export class Donors {
  readonly #links: Links
  /** Whose last fetch did not help, the latest last: others are asked first, and nobody waits for these. */
  readonly #unhelpful = new Set<Rank>()

  constructor(links: Links) {
    this.#links = links
  }

  /**
   * Some live peer has executed it, and answers when it is asked: its commit is there to be fetched. One that is heard
   * and does not hear holds up nobody: the instance is recovered like any other.
   */
  isFetchable(rank: Rank, index: number): boolean {
    return this.#links.peers.some(
      peer =>
        this.#links.state(peer) === 'live' &&
        !this.#unhelpful.has(peer) &&
        (this.#links.progress(peer).executed?.[rank] ?? 0) >= index,
    )
  }

  /** Those who did not help, the latest last. */
  get unhelpful(): readonly Rank[] {
    return [...this.#unhelpful]
  }

  helped(donor: Rank): void {
    this.#unhelpful.delete(donor)
  }

  /** What came from this donor was of no use: others are asked first. */
  didNotHelp(donor: Rank): void {
    this.#unhelpful.delete(donor)
    this.#unhelpful.add(donor)
  }
}
