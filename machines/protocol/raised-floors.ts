import { type Dependencies, sameDependencies } from './dependencies.ts'
import { least, type RaisedFloor } from './truncation.ts'

/**
 * The promises of all members about D0, as one replica has heard of them ([rule 8.3](./README.md#rule-8-3)).
 * A promise is _in force_ once all members have executed every id of its maker that came before it: from then on each
 * id of its maker that not all have executed has a D0 of at least its floor. It stays in force whatever follows it, so
 * that one made each second is not waited for in vain.
 */
export class RaisedFloors {
  /** By rank, the floor of the last promise that is in force. */
  readonly #inForce: (Dependencies | undefined)[]
  /** By rank, the promise that comes into force next. */
  readonly #next: (RaisedFloor | undefined)[]
  readonly #latest: (RaisedFloor | undefined)[]

  constructor(n: number) {
    this.#inForce = new Array<undefined>(n).fill(undefined)
    this.#next = new Array<undefined>(n).fill(undefined)
    this.#latest = new Array<undefined>(n).fill(undefined)
  }

  /** Called with a durable promise of a member. */
  told(rank: number, promise: RaisedFloor): void {
    const latest = this.#latest[rank]
    if (latest?.from === promise.from && sameDependencies(latest.floor, promise.floor)) return
    this.#latest[rank] = promise
    const next = this.#next[rank]
    if (next === undefined || promise.from <= next.from) this.#next[rank] = promise
  }

  /**
   * Per row, the index up to which entries of the conflict index may go. Every id that not all have executed yet has a
   * D0 of at least that, so no replica's vote on it can differ by such an entry (rule 8.4; schedule G).
   * @param executedByAll per row, durably executed at all members up to here
   * @returns undefined while no promise of some member is in force
   */
  floor(executedByAll: Dependencies): Dependencies | undefined {
    executedByAll.forEach((upTo, rank) => {
      for (let next = this.#next[rank]; next !== undefined && upTo >= next.from - 1; next = this.#next[rank]) {
        this.#inForce[rank] = next.floor
        this.#next[rank] = next === this.#latest[rank] ? undefined : this.#latest[rank]
      }
    })
    const floors = this.#inForce.filter(floor => floor !== undefined)
    return floors.length < this.#inForce.length ? undefined : least(floors)
  }
}
