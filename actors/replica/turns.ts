import type { Works } from '../shared/works.ts'

export interface TurnsPorts {
  readonly works: Pick<Works, 'during'>
  /** Runs the end of a gathered turn once all connections that are readable were read; left out: turns end by themselves. */
  readonly defer: ((run: () => void) => void) | undefined
  /** Does everything that follows from the work of the turns so far. */
  finish(): void
  /** Called with an error of the work, or of what follows from it. */
  failed(error: unknown): void
  /** Whether the replica has ended: no work has any effect any more. */
  isHalted(): boolean
}

/**
 * The turns of a replica, in which all its work runs, one at a time; work begun within a turn is part of it. Requests of
 * many clients that arrive together are finished together: they are proposed, written and answered as one.
 */
export class Turns {
  readonly #ports: TurnsPorts
  #isUnderWay = false
  /** Whether gathered work is not finished yet. */
  #isGathered = false
  /** Whether a call of `defer` has not run yet. */
  #isDeferred = false

  constructor(ports: TurnsPorts) {
    this.#ports = ports
  }

  /** A turn that ends at once, and with it all work gathered so far. */
  take(work: () => void): void {
    this.#run(work, () => this.#finish())
  }

  /** Work that may wait for more like it: its turn ends with the next one, or once what is readable was read. */
  gather(work: () => void): void {
    const { defer } = this.#ports
    if (defer === undefined) this.take(work)
    else this.#run(work, () => this.#finishBy(defer))
  }

  #run(work: () => void, end: () => void): void {
    if (this.#isUnderWay) {
      work()
      return
    }
    this.#isUnderWay = true
    try {
      this.#ports.works.during('turn', () => {
        work()
        if (!this.#ports.isHalted()) end()
      })
    } catch (error) {
      this.#ports.failed(error)
    } finally {
      this.#isUnderWay = false
    }
  }

  #finish(): void {
    this.#isGathered = false
    this.#ports.finish()
  }

  #finishBy(defer: (run: () => void) => void): void {
    this.#isGathered = true
    if (this.#isDeferred) return
    this.#isDeferred = true
    defer(() => {
      this.#isDeferred = false
      // Another turn, of a peer or of a flush, may have finished it meanwhile.
      if (this.#isGathered && !this.#ports.isHalted()) this.take(() => undefined)
    })
  }
}
