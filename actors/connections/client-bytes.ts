/**
 * The bytes that all clients hold at one replica: commands in flight, and answers that wait for sockets. When they are
 * many, each connection has one request in flight, so that none is kept out.
 */
export class ClientBytes {
  readonly #max: number
  #held = 0

  constructor(max: number) {
    this.#max = max
  }

  get isFull(): boolean {
    return this.#held >= this.#max
  }

  /** Counts bytes as held; fewer than none are given back. */
  add(bytes: number): void {
    this.#held += bytes
  }
}
