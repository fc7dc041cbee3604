import { intersect, type Keys } from '../../machines/protocol/commands.ts'

/** A read of the state that was taken before it may be told. */
export interface EarlyRead {
  readonly keys: Keys
  /** Whether a write of its keys was executed since. */
  isOvertaken: boolean
}

/**
 * The watch over reads of several keys, whose state is read before the answers are there
 * ([rule 5a.5](../../machines/protocol/README.md#rule-5a-5)): execution tells it of each write, and of each state that is
 * installed.
 */
export class StateWatch {
  readonly #reads = new Set<EarlyRead>()
  #replaced = 0

  /** Number of times that the whole state was replaced. */
  get replaced(): number {
    return this.#replaced
  }

  add(read: EarlyRead): void {
    this.#reads.add(read)
  }

  delete(read: EarlyRead): void {
    this.#reads.delete(read)
  }

  /** Called when a command that writes these keys is executed. */
  wrote(writes: Keys): void {
    for (const read of this.#reads) if (intersect(read.keys, writes)) this.#overtake(read)
  }

  /** Called when the whole state is replaced. */
  replace(): void {
    this.#replaced++
    for (const read of this.#reads) this.#overtake(read)
  }

  #overtake(read: EarlyRead): void {
    read.isOvertaken = true
    this.#reads.delete(read)
  }
}
