export interface TurnsPorts {
  /** Runs the end of a turn once all that has come in is taken in; left out: turns end by themselves. */
  readonly defer: ((run: () => void) => void) | undefined
  /** All that follows from the work of the turns that have been. */
  finish(): void
  /** What the work, or what follows from it, has thrown. */
  failed(error: unknown): void
  /** Nothing follows from anything any more. */
  isHalted(): boolean
}

/**
 * Whatever happens to a replica happens in turns, one at a time: work within one is part of it. What came in together is
 * finished together: its messages to one peer are one frame, its records one transaction.
 */
export class Turns {
  readonly #ports: TurnsPorts
  #isUnderWay = false
  /** The end of the turns that have been is due. */
  #isDeferred = false

  constructor(ports: TurnsPorts) {
    this.#ports = ports
  }

  take(work: () => void): void {
    this.#take(work, this.#ports.defer === undefined)
  }

  #take(work: () => void, isLast: boolean): void {
    if (this.#isUnderWay) {
      work()
      return
    }
    this.#isUnderWay = true
    try {
      work()
      if (!this.#ports.isHalted()) {
        if (isLast) this.#ports.finish()
        else this.#finishLater()
      }
    } catch (error) {
      this.#ports.failed(error)
    } finally {
      this.#isUnderWay = false
    }
  }

  #finishLater(): void {
    if (this.#isDeferred) return
    this.#isDeferred = true
    this.#ports.defer!(() => {
      this.#isDeferred = false
      if (!this.#ports.isHalted()) this.#take(() => undefined, true)
    })
  }
}
