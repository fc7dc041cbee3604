import type { Clock } from '../../machines/protocol/clock.ts'
import type { ReplicaId } from '../../machines/protocol/membership.ts'

interface Pause {
  readonly ms: number
  readonly untilMs: number
}

/** The longest pause, as a multiple of the first. */
const growthMax = 64
/** After so many times its last pause without another fault a link counts as a good one again. */
const forgivenAfter = 8

/**
 * The pauses of members whose links were ended for frames that are none. One such frame costs its link alone, which may
 * come back at once; a member that goes on sending them is let in after growing pauses, so that its greetings and broken
 * frames take little of the others' time.
 */
export class LinkPauses {
  readonly #clock: Pick<Clock, 'now'>
  readonly #firstMs: number
  readonly #pauses = new Map<ReplicaId, Pause>()

  constructor(clock: Pick<Clock, 'now'>, firstMs: number) {
    this.#clock = clock
    this.#firstMs = firstMs
  }

  /** Called when a link of this member, which was let in, was ended for a malformed frame. */
  faulted(member: ReplicaId): void {
    const nowMs = this.#clock.now()
    const before = this.#pauses.get(member)
    const isForgiven =
      before === undefined || nowMs - before.untilMs >= forgivenAfter * Math.max(before.ms, this.#firstMs)
    const ms = isForgiven ? 0 : Math.min(growthMax * this.#firstMs, Math.max(this.#firstMs, 2 * before.ms))
    this.#pauses.set(member, { ms, untilMs: nowMs + ms })
  }

  /** How long a member is not let in yet, ms. */
  leftMs(member: ReplicaId): number {
    return Math.max(0, (this.#pauses.get(member)?.untilMs ?? 0) - this.#clock.now())
  }
}
