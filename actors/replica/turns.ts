import type { Works } from '../shared/works.ts'

export interface TurnsPorts {
  readonly works: Pick<Works, 'during'>
  /** Runs the end of a turn once everything that has arrived is taken in; left out: turns end by themselves. */
  readonly defer: ((run: () => void) => void) | undefined
  /** Does everything that follows from the work of the turns so far. */
  finish(): void
  /** Called with an error of the work, or of what follows from it. */
  failed(error: unknown): void
  /** Whether the replica has ended: no work has any effect any more. */
  isHalted(): boolean
}

/**
 * The turns of a replica, in which all its work runs, one at a time; work begun within a turn is part of it. Inputs
 * that arrive together are finished together: their messages to one peer are one frame, their records one transaction.
 */
export class Turns {
  readonly #ports: TurnsPorts
  #isUnderWay = false
  /** Whether the end of the turns so far is scheduled. */
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
      this.#ports.works.during('turn', () => this.#whole(work, isLast))
    } catch (error) {
      this.#ports.failed(error)
    } finally {
      this.#isUnderWay = false
    }
  }

  #whole(work: () => void, isLast: boolean): void {
    work()
    if (this.#ports.isHalted()) return
    if (isLast) this.#ports.finish()
    else this.#finishLater()
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
