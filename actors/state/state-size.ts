import type { ReplicaEvent } from '../shared/events.ts'
import type { Limits } from '../shared/limits.ts'

/** Shares of `snapshotBytesMax` that are said when a snapshot reaches them, percent. */
const saidAt = [50, 75, 90] as const

export interface StateSizePorts {
  readonly limits: Pick<Limits, 'snapshotBytesMax'>
  /** Reports an event to the operator. */
  log(event: ReplicaEvent): void
}

/**
 * The size of the state as a snapshot, against its limit. Every snapshot that is taken passes here: a state that grows
 * is said long before it fits into no snapshot, since what can be done about it takes time.
 */
export class StateSize {
  readonly #ports: StateSizePorts
  #bytes: number | undefined
  /** The share that was said last, percent. */
  #said = 0
  #isTooLarge = false

  constructor(ports: StateSizePorts) {
    this.#ports = ports
  }

  /** Bytes of the last snapshot, also of one that was too large, and the limit; undefined before the first. */
  get summary(): { readonly bytes: number; readonly bytesMax: number } | undefined {
    return this.#bytes === undefined ? undefined : { bytes: this.#bytes, bytesMax: this.#ports.limits.snapshotBytesMax }
  }

  get bytesMax(): number {
    return this.#ports.limits.snapshotBytesMax
  }

  /** Called with the size of each snapshot that is taken, or found at a start. @returns whether it may be written */
  fits(bytes: number): boolean {
    const { limits, log } = this.#ports
    const { snapshotBytesMax } = limits
    this.#bytes = bytes
    const wasTooLarge = this.#isTooLarge
    this.#isTooLarge = bytes > snapshotBytesMax
    if (this.#isTooLarge) {
      if (!wasTooLarge) log({ code: 'stateTooLarge', bytes, snapshotBytesMax })
      return false
    }
    const share = saidAt.findLast(percent => bytes * 100 >= snapshotBytesMax * percent) ?? 0
    if (share > this.#said) log({ code: 'stateLarge', bytes, snapshotBytesMax, percent: share })
    this.#said = share
    return true
  }
}
