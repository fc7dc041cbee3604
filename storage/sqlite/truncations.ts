import type { WriteBatch } from '../store.ts'
import type { InstanceOf } from './keys.ts'

export type Truncate = NonNullable<WriteBatch['truncate']>

/**
 * Which records of the journal are dead because a flush truncated them: those that it, or one before it, had written. What is
 * written again later lives.
 */
export class Truncations {
  /** None says all that a later one says too. */
  #all: { readonly flush: number; readonly truncate: Truncate }[] = []

  /** In the order of the flushes. */
  add(flush: number, truncate: Truncate): void {
    this.#all = this.#all.filter(({ truncate: before }) => !covers(truncate, before))
    this.#all.push({ flush, truncate })
  }

  /** Whether what this flush wrote of an instance is gone. */
  isGone(flush: number, { epoch, rank, index }: InstanceOf): boolean {
    return this.#all.some(
      each => each.flush >= flush && each.truncate.epoch === epoch && index <= (each.truncate.upTo[rank] ?? -1),
    )
  }
}

const covers = (later: Truncate, { epoch, upTo }: Truncate): boolean =>
  later.epoch === epoch && upTo.every((index, rank) => index <= (later.upTo[rank] ?? -1))
