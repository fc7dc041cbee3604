import type { ErrorCodeOf } from '../../machines/protocol/error-codes.ts'
import { EpaxosError } from '../../machines/protocol/errors.ts'
import type { ReplicaId } from '../../machines/protocol/membership.ts'
import type { Outbox } from './outbox.ts'

/** A member connected with another disk than the one that it is known by. */
export class PeerStoreError extends EpaxosError<ErrorCodeOf<'foreignStore'>> {}

/**
 * The disk identity of each peer ([section 6](../../machines/protocol/README.md#section-6): a replica that lost its
 * disk must not vote under its old identity). The first identity of a peer is durable before anything is said to it;
 * another one is refused for good.
 */
export class PeerStores {
  readonly #known: Map<ReplicaId, string>
  readonly #outbox: Outbox

  constructor(known: ReadonlyMap<ReplicaId, string>, outbox: Outbox) {
    this.#known = new Map(known)
    this.#outbox = outbox
  }

  /**
   * Decides on the greeting of a peer.
   * @param decide is called with null once it may be let in, or with why it may not
   */
  greeted(peer: ReplicaId, storeIdentity: string, decide: (refusal: Error | null) => void): void {
    const known = this.#known.get(peer)
    if (known !== undefined && known !== storeIdentity) {
      decide(
        new PeerStoreError(
          'foreignStore',
          `member ${peer} was known by store ${known}, and now comes with ${storeIdentity}: a lost disk cannot come back`,
        ),
      )
      return
    }
    if (known === undefined) {
      this.#known.set(peer, storeIdentity)
      this.#outbox.writeExtra({ peers: [{ member: peer, storeIdentity }] })
    }
    // A repeated greeting waits too: the flush of the first may be under way.
    this.#outbox.whenDurable(() => decide(null))
  }
}
