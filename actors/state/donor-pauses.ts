import type { Rank } from '../../machines/protocol/membership.ts'

/** The longest pause, as a multiple of the first. */
const pauseGrowthMax = 32

/**
 * The pauses of donors whose checkpoints were of no use once they had come: one is as large as the state, so that it is
 * not fetched again at once. They grow while it goes on.
 */
export class DonorPauses {
  readonly #now: () => number
  readonly #firstMs: number
  readonly #pauses = new Map<Rank, { readonly ms: number; readonly untilMs: number }>()

  constructor(now: () => number, firstMs: number) {
    this.#now = now
    this.#firstMs = firstMs
  }

  /** Called when a checkpoint of this donor was of no use. */
  useless(donor: Rank): void {
    const before = this.#pauses.get(donor)?.ms
    const ms = before === undefined ? this.#firstMs : Math.min(2 * before, pauseGrowthMax * this.#firstMs)
    this.#pauses.set(donor, { ms, untilMs: this.#now() + ms })
  }

  /** Called when a checkpoint was installed. */
  end(): void {
    this.#pauses.clear()
  }

  has(donor: Rank): boolean {
    return this.#now() < (this.#pauses.get(donor)?.untilMs ?? 0)
  }
}
