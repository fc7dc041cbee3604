import type { Events } from './events.ts'

/** A hanging disk is looked at again after so long. */
const lookAgainMs = 20

/** Where the callbacks of a store run. */
interface Host {
  after(delayMs: number, run: () => void): void
}

/** How a site's disk keeps up with its replica: for a while it may hang, be slow, or have no room. */
export class DiskPace {
  readonly #events: Events
  #hangsUntilMs = 0
  #slowUntilMs = 0
  #slowMs = 0
  #fullUntilMs = 0

  constructor(events: Events) {
    this.#events = events
  }

  get hangs(): boolean {
    return this.#events.nowMs < this.#hangsUntilMs
  }
  get isFull(): boolean {
    return this.#events.nowMs < this.#fullUntilMs
  }

  /** No flush ends, and no store opens, for so long. */
  hang(forMs: number): void {
    this.#hangsUntilMs = Math.max(this.#hangsUntilMs, this.#events.nowMs + forMs)
  }

  /** Each flush that begins takes so long. */
  slow(flushMs: number, forMs: number): void {
    this.#slowMs = flushMs
    this.#slowUntilMs = this.#events.nowMs + forMs
  }

  /** Nothing more fits on it. */
  fill(forMs: number): void {
    this.#fullUntilMs = this.#events.nowMs + forMs
  }

  /** All of it is over. */
  heal(): void {
    this.#hangsUntilMs = 0
    this.#slowUntilMs = 0
    this.#fullUntilMs = 0
  }

  /** How long a flush takes that begins now, and would else take `usualMs`. */
  flushMs(usualMs: number): number {
    return this.#events.nowMs < this.#slowUntilMs ? this.#slowMs : usualMs
  }

  /** The host of a store on this disk: what would end while it hangs ends afterwards. */
  host(process: Host): Host {
    const whenMoving = (run: () => void): void => {
      if (this.hangs)
        process.after(Math.min(lookAgainMs, this.#hangsUntilMs - this.#events.nowMs), () => whenMoving(run))
      else run()
    }
    return { after: (delayMs, run) => process.after(delayMs, () => whenMoving(run)) }
  }
}
