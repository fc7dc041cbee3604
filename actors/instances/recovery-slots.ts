/** From so many recoveries led at once on, one replica leads them all. */
export const backlogMin = 16

/**
 * The recoveries that one replica leads at once, and those that wait for a slot. The watch asks it before it begins one.
 * A recovery that waits for another instance (rule 4.5.3) holds no slot: what it waits for may need one.
 */
export class RecoverySlots<R extends object> {
  readonly #max: () => number
  readonly #waits: (recovery: R) => boolean
  readonly #leading = new Set<R>()
  readonly #now: () => number
  readonly #apartMs: number
  /** When it was last looked which of them wait. */
  #lookedMs = Number.NEGATIVE_INFINITY
  /** Recoveries that found no slot, the oldest first. */
  readonly #queued = new Set<R>()
  /** Those for which another replica has asked. */
  readonly #askedFor = new WeakSet<R>()

  /**
   * @param max how many may be led now
   * @param waits whether a recovery waits by rule 4.5.3 now
   * @param apartMs the least time between two looks at all of them: of thousands each asks for a slot
   */
  constructor(max: () => number, waits: (recovery: R) => boolean, now: () => number, apartMs: number) {
    this.#max = max
    this.#waits = waits
    this.#now = now
    this.#apartMs = apartMs
  }

  /** Number of recoveries that are led. */
  get size(): number {
    return this.#leading.size
  }

  /** Number of recoveries that wait for a slot. */
  get queued(): number {
    return this.#queued.size
  }

  /** Whether there is no slot for this recovery, and it has none. */
  isFull(recovery: R): boolean {
    if (this.#leading.size < this.#max() || this.#leading.has(recovery)) return false
    const nowMs = this.#now()
    if (nowMs - this.#lookedMs < this.#apartMs) return true
    this.#lookedMs = nowMs
    for (const each of this.#leading) if (this.#waits(each)) this.#leading.delete(each)
    return this.#leading.size >= this.#max()
  }

  /** Gives a slot to a recovery that has begun. */
  take(recovery: R): void {
    this.#askedFor.delete(recovery)
    this.#queued.delete(recovery)
    this.#leading.add(recovery)
  }

  /** Notes that a recovery found no slot. */
  queue(recovery: R): void {
    this.#queued.add(recovery)
  }

  /**
   * Notes that another replica has asked for a recovery that found no slot. Who asks has reasons that the policy here
   * does not know, such as a slow disk: it begins with the next free slot, whoever else should lead it.
   */
  queueAskedFor(recovery: R): void {
    this.#queued.add(recovery)
    this.#askedFor.add(recovery)
  }

  isAskedFor(recovery: R): boolean {
    return this.#askedFor.has(recovery)
  }

  /** Notes that a recovery waits for no slot any more. */
  unqueue(recovery: R): void {
    this.#queued.delete(recovery)
  }

  /**
   * Frees the slot of a recovery that is over.
   * @returns those that have waited longest for a slot, and may have one now
   */
  free(recovery: R): readonly R[] {
    this.#queued.delete(recovery)
    if (!this.#leading.delete(recovery)) return []
    const next: R[] = []
    for (const each of this.#queued) {
      if (this.#leading.size + next.length >= this.#max()) break
      next.push(each)
      this.#queued.delete(each)
    }
    return next
  }
}
