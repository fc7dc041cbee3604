import { sessionWindow } from '../../machines/execution/client-table.ts'

/**
 * One session of a client at its cluster. Each command gets a number in it, under which it may be retried at any
 * replica, and is applied once.
 */
export class ClientSession {
  readonly name: string
  /** Numbers of commands that are not settled, ascending. */
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

  /** Called when a command is answered, or not waited for any more. */
  settled(sequence: number): void {
    this.#open.delete(sequence)
  }

  /**
   * Whether a further number would be refused as `tooManyUnacknowledged`. It waits until the lowest open one is
   * settled.
   */
  get isFull(): boolean {
    return this.#last - this.floor >= sessionWindow
  }

  /** The number up to which all are settled. */
  get floor(): number {
    const [lowest] = this.#open
    return (lowest ?? this.#last + 1) - 1
  }
}
