import type { ReplicaState } from '../../machines/replica/machine.ts'

/** Where a replica is in its life, for its parts to read: its statechart decides, and tells it here. */
export class Life {
  #state: ReplicaState = 'opening'
  #votes = false
  #error: Error | undefined
  /** The cluster's name; '' before the store is read. */
  cluster = ''

  get state(): ReplicaState {
    return this.#state
  }
  /** It votes, and proposes. */
  get votes(): boolean {
    return this.#votes
  }

  /** What it failed for, if it did. */
  get error(): Error | undefined {
    return this.#error
  }

  changed(state: ReplicaState, votes: boolean, error: Error | undefined): void {
    this.#state = state
    this.#votes = votes
    this.#error = error
  }
}
