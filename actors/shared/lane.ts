/** From here on the places that are free at the front are given back. */
const freePlacesMax = 1_024

/** The commands of one client that wait to be proposed, in their order. */
export class Lane<P> {
  /** Places before `#at` are free: what stood there has left, or is held back. */
  #places: P[] = []
  #at = 0
  #held: P[] = []
  /** It is among those that take turns. */
  inTurn = false
  /** Nothing of it may go before an own instance is committed. */
  isParked = false

  get length(): number {
    return this.#held.length + this.#places.length - this.#at
  }
  /** How many are held back. */
  get held(): number {
    return this.#held.length
  }

  add(proposal: P): void {
    this.#places.push(proposal)
  }

  /** They go before all that waits and is not held back. */
  addFirst(proposals: readonly P[]): void {
    this.#places = [...proposals, ...this.#places.slice(this.#at)]
    this.#at = 0
  }

  /** The next one, which stays. */
  peek(): P | undefined {
    return this.#places[this.#at]
  }

  /** The next one has left. */
  shift(): void {
    this.#at++
    if (this.#at === this.#places.length) this.#places = []
    else if (this.#at >= freePlacesMax && 2 * this.#at >= this.#places.length)
      this.#places = this.#places.slice(this.#at)
    else return
    this.#at = 0
  }

  /** The next one is held back: those behind it pass. */
  hold(): void {
    this.#held.push(this.#places[this.#at]!)
    this.shift()
  }

  /** What is held back comes next again. */
  release(): void {
    const held = this.#held
    if (held.length === 0) return
    this.#held = []
    if (held.length > this.#at) {
      this.addFirst(held)
      return
    }
    // As much as has left stood before the others: they need not move.
    for (let place = held.length - 1; place >= 0; place--) this.#places[--this.#at] = held[place]!
  }

  /** All that waited, which leaves. */
  clear(): readonly P[] {
    this.release()
    const all = this.#places.slice(this.#at)
    this.#places = []
    this.#at = 0
    return all
  }
}
