import { Fifo } from '../../machines/execution/fifo.ts'
import type { Entry } from './entry.ts'

/** Actors that one turn ends, about. After a return from a long absence thousands have nothing left to do at once. */
const endedAtOnce = 128

/**
 * Executed instances whose actors end once their commits are durable. After a restart a replica executes them again
 * from its own records.
 */
export class Retirement {
  #waiting: Entry[] = []
  #withFlush: Entry[] = []
  readonly #due = new Fifo<Entry>()

  /** Ends the actor of this executed instance once all records written by now are durable. */
  add(entry: Entry): void {
    if (entry.actor !== undefined) this.#waiting.push(entry)
  }

  /** Called when a flush begins. */
  flushing(): void {
    for (const entry of this.#waiting) this.#withFlush.push(entry)
    this.#waiting = []
  }

  /** Called when the flush has ended: these instances have nothing left to do. */
  flushed(): void {
    for (const entry of this.#withFlush) this.#due.add(entry)
    this.#withFlush = []
  }

  /** Whether there are instances that have nothing left to do. */
  get hasDue(): boolean {
    return this.#due.size > 0
  }

  /** Takes some of them. */
  *takeDue(): Generator<Entry, void> {
    for (let count = 0; count < endedAtOnce; count++) {
      const entry = this.#due.take()
      if (entry === undefined) return
      yield entry
    }
  }
}
