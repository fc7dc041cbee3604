/** Lines that are named one by one; of more only the number is told. */
const namedMax = 3

/** What a reader of a trace could not read: the reader shows everything else, and says this at the end. */
export class LeftOut {
  #lines = 0
  #rest: string | undefined
  readonly #named: string[] = []

  /** A line that is no event. @param why which one, and what is wrong with it */
  line(why: string): void {
    this.#lines++
    if (this.#named.length < namedMax) this.#named.push(why)
  }

  /** What follows the last line cannot be read. */
  rest(why: string): void {
    this.#rest = why
  }

  /** Undefined when all was read. */
  get words(): string | undefined {
    if (this.#lines === 0 && this.#rest === undefined) return undefined
    const more = this.#lines > this.#named.length ? [`and ${this.#lines - this.#named.length} more`] : []
    const lines =
      this.#lines === 0
        ? []
        : [`${this.#lines === 1 ? 'a line' : `${this.#lines} lines`} (${[...this.#named, ...more].join('; ')})`]
    const rest = this.#rest === undefined ? [] : [`the rest: the recording is cut off or damaged (${this.#rest})`]
    return `left out of this recording: ${[...lines, ...rest].join(', and ')}`
  }
}
