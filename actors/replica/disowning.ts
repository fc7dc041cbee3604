import type { ReplicaId } from '../../machines/protocol/membership.ts'
import type { Quorums } from '../../machines/protocol/quorums.ts'
import { ReplicaError } from '../shared/replica-error.ts'

/**
 * The peers that know another store, or a later life, of this member, and let it in no more
 * ([S1](../../machines/protocol/README.md#rule-s1)). The life cycle tells of each.
 */
export class Disowning {
  readonly #quorums: Quorums
  readonly #by = new Set<ReplicaId>()

  constructor(quorums: Quorums) {
    this.#quorums = quorums
  }

  /** @returns the error with which this replica stops once more than f refuse it: nothing can be decided any more */
  refusedBy(peer: ReplicaId, detail: string): ReplicaError | undefined {
    this.#by.add(peer)
    if (this.#by.size <= this.#quorums.f) return undefined
    const by = [...this.#by].sort((a, b) => a - b).join(', ')
    return new ReplicaError('disowned', `members ${by} do not let this replica in: ${detail}`)
  }

  /** Called when a link to the peer is up. */
  letInBy(peer: ReplicaId): void {
    this.#by.delete(peer)
  }
}
