import type { StoredCheckpoint } from '../../storage/state-store.ts'

/** Gets a durable checkpoint; undefined when none could be written. */
export type Follower = (stored: StoredCheckpoint | undefined) => void

/** Those that wait for a durable checkpoint whose point is later than the moment at which they began to wait. */
export class Followers {
  #next: Follower[] = []
  #present: Follower[] = []

  /** Whether somebody waits for a checkpoint that is not begun. */
  get areWaiting(): boolean {
    return this.#next.length > 0
  }

  /** Adds one. @param isPointToCome whether the point of the checkpoint under way is still to come */
  add(follower: Follower, isPointToCome: boolean): void {
    if (isPointToCome) this.#present.push(follower)
    else this.#next.push(follower)
  }

  /** Called when a checkpoint begins: its point comes later. */
  begun(): void {
    this.#present.push(...this.#next.splice(0))
  }

  /** Called when the checkpoint under way is durable, or given up. */
  ended(stored: StoredCheckpoint | undefined): void {
    for (const follower of this.#present.splice(0)) follower(stored)
  }
}
