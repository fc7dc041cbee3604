import type { WriteBatch } from '../store.ts'
import type { InstanceOf } from './keys.ts'

export type Truncate = NonNullable<WriteBatch['truncate']>

/**
 * The truncations in the journal, which tell the dead records: those that the truncating flush, or one before it, had
 * written. A record written again later lives.
 */
export class Truncations {
  /** Truncations that are not contained in a later one. */
  #all: { readonly flush: number; readonly truncate: Truncate }[] = []

  /** The truncations that still say something. */
  get all(): readonly Truncate[] {
    return this.#all.map(({ truncate }) => truncate)
  }

  /** Adds a truncation, in the order of the flushes. */
  add(flush: number, truncate: Truncate): void {
    this.#all = this.#all.filter(({ truncate: before }) => !covers(truncate, before))
    this.#all.push({ flush, truncate })
  }

  /** Whether the record that this flush wrote of an instance is gone. */
  isGone(flush: number, { epoch, rank, index }: InstanceOf): boolean {
    return this.#all.some(
      each => each.flush >= flush && each.truncate.epoch === epoch && index <= (each.truncate.upTo[rank] ?? -1),
    )
  }
}

const covers = (later: Truncate, { epoch, upTo }: Truncate): boolean =>
  later.epoch === epoch && upTo.every((index, rank) => index <= (later.upTo[rank] ?? -1))
