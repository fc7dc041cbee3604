import type { ReplicaState } from '../../machines/replica/machine.ts'

/** The life of a replica as its parts read it. The statechart decides, and writes it here. */
export class Life {
  #state: ReplicaState = 'opening'
  #votes = false
  #error: Error | undefined
  /** The cluster's name; '' before the store is read. */
  cluster = ''

  get state(): ReplicaState {
    return this.#state
  }
  /** Whether the replica votes, and proposes. */
  get votes(): boolean {
    return this.#votes
  }

  /** The error of a failed replica. */
  get error(): Error | undefined {
    return this.#error
  }

  changed(state: ReplicaState, votes: boolean, error: Error | undefined): void {
    this.#state = state
    this.#votes = votes
    this.#error = error
  }
}
