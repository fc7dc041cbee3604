/** The window is one to two slices long. */
const sliceMs = 30_000

/**
 * How far a replica's clock is from the viewer's, by arrival times: what a replica tells arrives after it happened, so the
 * least difference seen is nearest. Old samples are let go of, for clocks drift, step, and stand still in a suspend.
 */
export class Offset {
  #slices: readonly [older: number, newer: number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  #sinceMs = Number.NEGATIVE_INFINITY

  /** @param happenedMs by the replica's clock @param arrivedMs by the viewer's */
  sample(happenedMs: number, arrivedMs: number): void {
    const [older, newer] = this.#slices
    const ms = arrivedMs - happenedMs
    if (arrivedMs - this.#sinceMs < sliceMs) this.#slices = [older, Math.min(newer, ms)]
    else {
      this.#slices = [newer, ms]
      this.#sinceMs = arrivedMs
    }
  }

  /** From the replica's time to the viewer's; infinite before the first sample. */
  get ms(): number {
    return Math.min(...this.#slices)
  }
}

/** The clock of one life of a replica, as the viewer counts with it. */
export class TellerClock {
  readonly offset = new Offset()
  /** The time of day at 0 of its events, as it says: it may be wrong. */
  readonly beganMs: number
  /** From that to the viewer's time. */
  offsetMs = 0

  constructor(beganMs: number) {
    this.beganMs = beganMs
  }
}

/**
 * Sets what the viewer counts with. Clocks that agree, as far as can be seen, are taken to be equal: they tell the order
 * better than arrival times do.
 */
export function agree(clocks: readonly TellerClock[], agreeMs: number): void {
  for (const clock of clocks) {
    const own = clock.offset.ms
    const near = clocks.map(({ offset }) => offset.ms).filter(ms => Math.abs(ms - own) <= agreeMs)
    if (near.length > 0) clock.offsetMs = Math.min(...near)
  }
}
