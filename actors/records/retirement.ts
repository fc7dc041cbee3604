import type { Entry } from './entry.ts'

/**
 * Executed instances whose actors end once their commits are durable. After a restart a replica executes them again
 * from its own records.
 */
export class Retirement {
  #waiting: Entry[] = []
  #withFlush: Entry[] = []

  /** Ends the actor of this executed instance once all records written by now are durable. */
  add(entry: Entry): void {
    if (entry.actor !== undefined) this.#waiting.push(entry)
  }

  /** Called when a flush begins. */
  flushing(): void {
    this.#withFlush.push(...this.#waiting)
    this.#waiting = []
  }

  /** Called when the flush has ended. @returns the instances that have nothing left to do */
  flushed(): readonly Entry[] {
    const entries = this.#withFlush
    this.#withFlush = []
    return entries
  }
}
