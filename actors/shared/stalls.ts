import type { ReplicaEvent } from './events.ts'
import type { StallCause } from './stall-causes.ts'
import type { Tap } from './tap.ts'
import type { Works } from './works.ts'

/** A delay of the event loop, as the program measured it that hosts the replica. Times by the replica's clock. */
export interface LoopDelay {
  /** When the loop was to come round, and how late it came. */
  readonly fromMs: number
  readonly ms: number
  /** Garbage was collected for so much of it. */
  readonly collectedMs: number
  /** Processor time of the whole process meanwhile; undefined where nobody measures it. */
  readonly processorMs: number | undefined
}

export interface StallsStatus {
  /** Since the start. */
  readonly count: number
  readonly longestMs: number
  /** The latest, the newest first. `agoMs`: since its end. */
  readonly latest: readonly { readonly agoMs: number; readonly ms: number; readonly cause: StallCause }[]
}

export interface StallsPorts {
  readonly works: Works
  readonly tap: Tap | undefined
  now(): number
  /** Reports an event to the operator. */
  log(event: ReplicaEvent): void
}

/** Stalls that the status tells. */
const latestMax = 8
/** A process that had less than this share of a processor did not hold its loop itself. */
const processorShareMin = 0.25

/**
 * The stalls of the process that hosts a replica, and their causes. While the loop stands still a replica answers nobody, so
 * an operator is told which work it was.
 */
export class Stalls {
  readonly #ports: StallsPorts
  readonly #latest: { readonly untilMs: number; readonly ms: number; readonly cause: StallCause }[] = []
  #count = 0
  #longestMs = 0

  constructor(ports: StallsPorts) {
    this.#ports = ports
  }

  /** Takes note of a delay that is long enough to be told. */
  noted(delay: LoopDelay): void {
    const { tap, log } = this.#ports
    const cause = this.#causeOf(delay)
    const ms = Math.round(delay.ms)
    this.#count++
    this.#longestMs = Math.max(this.#longestMs, ms)
    if (this.#latest.length === latestMax) this.#latest.pop()
    this.#latest.unshift({ untilMs: delay.fromMs + delay.ms, ms, cause })
    log({ code: 'stalled', ms, cause })
    tap?.stalled?.(ms, cause)
  }

  status(): StallsStatus {
    const nowMs = this.#ports.now()
    return {
      count: this.#count,
      longestMs: this.#longestMs,
      latest: this.#latest.map(({ untilMs, ms, cause }) => ({ agoMs: Math.round(nowMs - untilMs), ms, cause })),
    }
  }

  #causeOf({ fromMs, ms, collectedMs, processorMs }: LoopDelay): StallCause {
    if (processorMs !== undefined && processorMs < ms * processorShareMin) return 'processor'
    const most = this.#ports.works.mostOf(fromMs, fromMs + ms)
    if (collectedMs >= ms / 2) return 'collection'
    return most !== undefined && most.ms >= ms / 2 ? most.work : 'unknown'
  }
}
