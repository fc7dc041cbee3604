/** Number of free places at the front from which they are given back. */
const freePlacesMax = 1_024

/** The commands of one client that wait to be proposed, in their order. */
export class Lane<P> {
  /** Places before `#at` are free: their commands have left, or are held back. */
  #places: P[] = []
  #at = 0
  #held: P[] = []
  /** Whether it is among the lanes that take turns. */
  inTurn = false
  /** Whether nothing of it may go before an own instance is committed. */
  isParked = false

  get length(): number {
    return this.#held.length + this.#places.length - this.#at
  }
  /** Number of commands held back. */
  get held(): number {
    return this.#held.length
  }

  add(proposal: P): void {
    this.#places.push(proposal)
  }

  /** Adds proposals before all waiting ones that are not held back. */
  addFirst(proposals: readonly P[]): void {
    this.#places = [...proposals, ...this.#places.slice(this.#at)]
    this.#at = 0
  }

  /** The next command, which stays. */
  peek(): P | undefined {
    return this.#places[this.#at]
  }

  /** Removes the next command, which has left. */
  shift(): void {
    this.#at++
    if (this.#at === this.#places.length) this.#places = []
    else if (this.#at >= freePlacesMax && 2 * this.#at >= this.#places.length)
      this.#places = this.#places.slice(this.#at)
    else return
    this.#at = 0
  }

  /** Holds the next command back: later ones pass it. */
  hold(): void {
    this.#held.push(this.#places[this.#at]!)
    this.shift()
  }

  /** Puts the held commands back to the front. */
  release(): void {
    const held = this.#held
    if (held.length === 0) return
    this.#held = []
    if (held.length > this.#at) {
      this.addFirst(held)
      return
    }
    // The free places at the front suffice, so the others need not move.
    for (let place = held.length - 1; place >= 0; place--) this.#places[--this.#at] = held[place]!
  }

  /** Removes and returns all commands. */
  clear(): readonly P[] {
    this.release()
    const all = this.#places.slice(this.#at)
    this.#places = []
    this.#at = 0
    return all
  }
}
