import type { Entry } from './entry.ts'

/**
 * Executed instances whose actors end once that is durable. What was executed by a flush, with its commits in it, is executed
 * again after a restart without anybody's help.
 */
export class Retirement {
  #waiting: Entry[] = []
  #withFlush: Entry[] = []

  /** The actor of this executed instance ends once all that is written by now is durable. */
  add(entry: Entry): void {
    if (entry.actor !== undefined) this.#waiting.push(entry)
  }

  /** A flush begins. */
  flushing(): void {
    this.#withFlush.push(...this.#waiting)
    this.#waiting = []
  }

  /** It has ended. @returns those that have nothing left to do */
  flushed(): readonly Entry[] {
    const entries = this.#withFlush
    this.#withFlush = []
    return entries
  }
}
