/** A growing set of indices of one row (1, 2, 3, ...): a contiguous prefix, and the sparse rest above it. */
export class IndexSet {
  #prefix: number
  readonly #above: Set<number>

  constructor(prefix = 0, above: Iterable<number> = []) {
    this.#prefix = prefix
    this.#above = new Set()
    for (const index of above) this.add(index)
  }

  /** Every index up to this one is in the set; the next is not. */
  get prefix(): number {
    return this.#prefix
  }

  /** Number of indices in the set. */
  get count(): number {
    return this.#prefix + this.#above.size
  }

  has(index: number): boolean {
    return index <= this.#prefix || this.#above.has(index)
  }

  /** @returns false when the index was in the set already. */
  add(index: number): boolean {
    if (this.has(index)) return false
    if (index === this.#prefix + 1) {
      this.#prefix = index
      while (this.#above.size > 0 && this.#above.delete(this.#prefix + 1)) this.#prefix++
    } else {
      this.#above.add(index)
    }
    return true
  }

  /** The indices above the prefix, ascending. */
  above(): number[] {
    return [...this.#above].sort((a, b) => a - b)
  }
}
