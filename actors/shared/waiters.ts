interface Waiter {
  isOver(): boolean
  settle(): void
}

/** Promises that wait for a replica to come to a state, or to its end. */
export class Waiters {
  #waiters: Waiter[] = []

  /** Adds a promise that `settle` settles once `isOver`. */
  add(isOver: () => boolean, settle: () => void): void {
    this.#waiters.push({ isOver, settle })
    this.look()
  }

  /** Checks all waiters again after a change. */
  look(): void {
    const over = this.#waiters.filter(waiter => waiter.isOver())
    this.#waiters = this.#waiters.filter(waiter => !over.includes(waiter))
    for (const waiter of over) waiter.settle()
  }
}
