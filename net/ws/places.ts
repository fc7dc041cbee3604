/** How many connections of one path there may be. */
export interface PlacesMax {
  readonly connectionsMax: number
  /** From one address; left out: as many as in all. */
  readonly connectionsPerAddressMax?: number
  /** Kept for the operator when the others are taken; left out: none. */
  readonly operatorConnectionsMax?: number
}

/** The kind of place that a connection has: one of all, or one that is kept for the operator. */
export type Place = 'ordinary' | 'operator'

/**
 * The places for connections on one path. They are bounded in all and by address, so that one machine does not keep out
 * all others, and some are kept for the operator, who has to see what is going on when everything is full.
 */
export class Places {
  readonly #max: PlacesMax
  readonly #byAddress = new Map<string, number>()
  #count = 0
  #operators = 0

  constructor(max: PlacesMax) {
    this.#max = max
  }

  get count(): number {
    return this.#count + this.#operators
  }

  /** The place for one more connection; undefined when there is none. */
  next(address: string, isOperator: boolean): Place | undefined {
    const { connectionsMax, connectionsPerAddressMax = connectionsMax, operatorConnectionsMax = 0 } = this.#max
    const ofAddress = this.#byAddress.get(address) ?? 0
    if (this.#count < connectionsMax && ofAddress < connectionsPerAddressMax) return 'ordinary'
    return isOperator && this.#operators < operatorConnectionsMax ? 'operator' : undefined
  }

  take(address: string, place: Place): void {
    if (place === 'operator') this.#operators++
    else {
      this.#count++
      this.#byAddress.set(address, (this.#byAddress.get(address) ?? 0) + 1)
    }
  }

  leave(address: string, place: Place): void {
    if (place === 'operator') {
      this.#operators--
      return
    }
    this.#count--
    const left = this.#byAddress.get(address)! - 1
    if (left > 0) this.#byAddress.set(address, left)
    else this.#byAddress.delete(address)
  }
}
