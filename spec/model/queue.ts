/** States that wait to be explored, first in, first out; what was taken out is given back. */
export class Queue {
  static readonly #chunkWords = 1 << 18
  readonly #chunks: Int32Array[] = []
  #current = new Int32Array(Queue.#chunkWords)
  #end = 0
  #start = 0
  #length = 0

  get length(): number {
    return this.#length
  }

  /** @param number of the state, for its trail */
  push(number: number, state: Int32Array): void {
    if (this.#end + state.length + 2 > this.#current.length) {
      this.#chunks.push(this.#current.subarray(0, this.#end))
      this.#current = new Int32Array(Queue.#chunkWords)
      this.#end = 0
    }
    this.#current[this.#end++] = state.length
    this.#current[this.#end++] = number
    this.#current.set(state, this.#end)
    this.#end += state.length
    this.#length++
  }

  shift(): { readonly number: number; readonly state: Int32Array } {
    const first = this.#chunks[0]
    const chunk = first ?? this.#current
    const length = chunk[this.#start]!
    const from = this.#start + 2
    const taken = { number: chunk[this.#start + 1]!, state: chunk.slice(from, from + length) }
    this.#start = from + length
    this.#length--
    if (this.#start === (first === undefined ? this.#end : first.length)) {
      if (first === undefined) this.#end = 0
      else this.#chunks.shift()
      this.#start = 0
    }
    return taken
  }
}

/** How each state was first reached: from which, and by what. */
export class Trail {
  #parents = new Int32Array(1 << 16)
  #actions = new Int32Array(1 << 16)
  #exchanges = new Uint8Array(1 << 16)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** @returns the number of the state */
  add(parent: number, action: number, exchange: number): number {
    if (this.#length === this.#parents.length) {
      this.#parents = grown(this.#parents)
      this.#actions = grown(this.#actions)
      const exchanges = new Uint8Array(this.#exchanges.length * 2)
      exchanges.set(this.#exchanges)
      this.#exchanges = exchanges
    }
    this.#parents[this.#length] = parent
    this.#actions[this.#length] = action
    this.#exchanges[this.#length] = exchange
    return this.#length++
  }

  /** The way to a state: actions, each taken in the frame that the exchanges before it have led to. */
  to(number: number): { readonly action: number; readonly exchange: number }[] {
    const way: { action: number; exchange: number }[] = []
    for (let at = number; at > 0; at = this.#parents[at]!)
      way.push({ action: this.#actions[at]!, exchange: this.#exchanges[at]! })
    return way.reverse()
  }

  /** How many steps lead to it. */
  depth(number: number): number {
    let depth = 0
    for (let at = number; at > 0; at = this.#parents[at]!) depth++
    return depth
  }
}

function grown(of: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(of.length * 2)
  larger.set(of)
  return larger
}
