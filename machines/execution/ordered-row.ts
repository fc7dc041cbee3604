import { invariant } from '../protocol/errors.ts'

/** Slack before a row with more holes than entries is packed. */
const slack = 16

/**
 * Items of one row, added in the order of their indices. Adding and removing cost O(1) amortised, except for the binary
 * search: a removed item leaves a hole, holes at the front are never looked at again, and a row of mostly holes is
 * packed.
 */
export class OrderedRow<T> {
  #indices: number[] = []
  #items: (T | undefined)[] = []
  /** Nothing but holes before this position. */
  #head = 0
  #size = 0

  get size(): number {
    return this.#size
  }

  /**
   * Adds at the end.
   * @returns false when it is the last that was added already.
   * @throws InvariantError when `index` is below that.
   */
  add(index: number, item: T): boolean {
    const last = this.#indices.at(-1) ?? 0
    if (index === last) return false
    invariant(index > last, () => `ordered row: an index above ${last} was expected, not ${index}`)
    this.#indices.push(index)
    this.#items.push(item)
    this.#size++
    return true
  }

  /** @returns false when there is none at `index`. */
  remove(index: number): boolean {
    const at = this.#firstAbove(index) - 1
    if (at < this.#head || this.#indices[at] !== index || this.#items[at] === undefined) return false
    this.#items[at] = undefined
    this.#size--
    while (this.#head < this.#items.length && this.#items[this.#head] === undefined) this.#head++
    if (this.#items.length > 2 * this.#size + slack) this.#pack()
    return true
  }

  /** The item with the highest index that is not above `index`. */
  lastAtOrBelow(index: number): T | undefined {
    for (let at = this.#firstAbove(index) - 1; at >= this.#head; at--) {
      if (this.#items[at] !== undefined) return this.#items[at]
    }
    return undefined
  }

  #firstAbove(index: number): number {
    let low = this.#head
    let high = this.#indices.length
    if (high === low || this.#indices[high - 1]! <= index) return high
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#indices[middle]! <= index) low = middle + 1
      else high = middle
    }
    return low
  }

  #pack(): void {
    this.#indices = this.#indices.filter((_, at) => this.#items[at] !== undefined)
    this.#items = this.#items.filter(item => item !== undefined)
    this.#head = 0
  }
}
