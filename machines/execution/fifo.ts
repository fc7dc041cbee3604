/** Below this many taken items a queue is not packed. */
const slack = 1024

/** A queue, first in first out. Both ends cost O(1) amortised, and taken items are not held in memory. */
export class Fifo<T> {
  #items: T[] = []
  #taken = 0

  get size(): number {
    return this.#items.length - this.#taken
  }

  add(item: T): void {
    this.#items.push(item)
  }

  take(): T | undefined {
    if (this.#taken === this.#items.length) return undefined
    const item = this.#items[this.#taken++]
    if (this.#taken === this.#items.length || (this.#taken > slack && this.#taken > this.#items.length / 2)) {
      this.#items = this.#items.slice(this.#taken)
      this.#taken = 0
    }
    return item
  }
}
