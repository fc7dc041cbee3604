import { sessionWindow } from '../../machines/execution/client-table.ts'

/**
 * One session of a client at its cluster: each command gets a number in it, under which it may be sent again and again, to
 * any replica, and is applied once.
 */
export class ClientSession {
  readonly name: string
  /** Numbers given out whose commands are not settled, ascending. */
  readonly #open = new Set<number>()
  #last = 0

  constructor(name: string) {
    this.name = name
  }

  /** The next command's number. */
  next(): number {
    this.#open.add(++this.#last)
    return this.#last
  }

  /** Its answer is here, or is not waited for any more. */
  settled(sequence: number): void {
    this.#open.delete(sequence)
  }

  /** A further number would be refused as `tooManyUnacknowledged`: it waits until the lowest that is open is settled. */
  get isFull(): boolean {
    return this.#last - this.floor >= sessionWindow
  }

  /** All up to this are settled. */
  get floor(): number {
    const [lowest] = this.#open
    return (lowest ?? this.#last + 1) - 1
  }
}
