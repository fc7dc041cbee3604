import type { Plan } from './plan.ts'
import type { Draw } from './random.ts'

/** What becomes of each frame between replicas: delays, long tails, clogged links, loss, repetition. */
export class Wire {
  readonly #plan: Plan
  readonly #draw: Draw
  /** Links that are slow, by how much, ms. */
  readonly #clogged = new Map<string, number>()
  #healed: ReadonlySet<number> = new Set()

  constructor(plan: Plan, draw: Draw) {
    this.#plan = plan
    this.#draw = draw
  }

  clog(from: number, to: number, byMs: number): void {
    this.#clogged.set(`${from}>${to}`, byMs)
  }

  unclog(from: number, to: number): void {
    this.#clogged.delete(`${from}>${to}`)
  }

  /** Between these members nothing is lost or late any more. */
  heal(members: ReadonlySet<number>): void {
    this.#healed = members
    for (const from of members) for (const to of members) this.unclog(from, to)
  }

  /** One way, for a greeting, ms. */
  greetingMs(): number {
    return this.#latencyMs()
  }

  /** The delays after which copies of a frame arrive; none when it is lost. */
  fate(from: number, to: number): number[] {
    const { loss, repeat, latencyMs } = this.#plan
    if (this.#healed.has(from) && this.#healed.has(to)) return [this.#latencyMs()]
    if (this.#draw.chance(loss)) return []
    const first = this.#delayMs(from, to)
    if (!this.#draw.chance(repeat)) return [first]
    return [first, this.#delayMs(from, to) + this.#draw.exponential(10 * latencyMs)]
  }

  #latencyMs(): number {
    return this.#plan.latencyMs * this.#draw.between(0.5, 1.5)
  }

  #delayMs(from: number, to: number): number {
    const { tailShare, tailMs } = this.#plan
    const tail = this.#draw.chance(tailShare) ? this.#draw.exponential(tailMs) : 0
    return this.#latencyMs() + tail + (this.#clogged.get(`${from}>${to}`) ?? 0)
  }
}
