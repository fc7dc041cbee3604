/** Everything that happens in a world, in order of time, then of having been scheduled. One queue, one order. */
export class Events {
  #times: number[] = []
  #orders: number[] = []
  #runs: (() => void)[] = []
  #order = 0
  #nowMs = 0
  #count = 0

  /** Simulated milliseconds since the world began. */
  get nowMs(): number {
    return this.#nowMs
  }
  /** Events that have happened. */
  get count(): number {
    return this.#count
  }

  after(delayMs: number, run: () => void): void {
    this.at(this.#nowMs + Math.max(0, delayMs), run)
  }

  at(timeMs: number, run: () => void): void {
    let at = this.#runs.length
    const order = this.#order++
    this.#times.push(timeMs)
    this.#orders.push(order)
    this.#runs.push(run)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#isBefore(at, parent)) break
      this.#swap(at, parent)
      at = parent
    }
  }

  /** Lets the next event happen. @returns false when there is none */
  step(): boolean {
    const run = this.#runs[0]
    if (run === undefined) return false
    this.#nowMs = Math.max(this.#nowMs, this.#times[0]!)
    this.#count++
    this.#removeFirst()
    run()
    return true
  }

  #removeFirst(): void {
    const last = this.#runs.length - 1
    this.#swap(0, last)
    this.#times.pop()
    this.#orders.pop()
    this.#runs.pop()
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      if (left >= last) return
      const child = left + 1 < last && this.#isBefore(left + 1, left) ? left + 1 : left
      if (!this.#isBefore(child, at)) return
      this.#swap(child, at)
      at = child
    }
  }

  #isBefore(a: number, b: number): boolean {
    const [timeA, timeB] = [this.#times[a]!, this.#times[b]!]
    return timeA < timeB || (timeA === timeB && this.#orders[a]! < this.#orders[b]!)
  }

  #swap(a: number, b: number): void {
    const [time, order, run] = [this.#times[a]!, this.#orders[a]!, this.#runs[a]!]
    this.#times[a] = this.#times[b]!
    this.#orders[a] = this.#orders[b]!
    this.#runs[a] = this.#runs[b]!
    this.#times[b] = time
    this.#orders[b] = order
    this.#runs[b] = run
  }
}
