/** Specs of real processes: each wants the machine's cores, and some listen on the program's default ports. */
const isOfProcesses = (file: string): boolean => /^spec\/(cluster|documents)\//.test(file)

/** Files of specs, given out one by one: of those with real processes one is under way at a time, and they go first. */
export class Schedule {
  readonly #ofProcesses: string[]
  readonly #others: string[]
  #isTaken = false

  /** @param slow files that take long, beginnings of their paths: they begin early, so that nobody waits for them at the end */
  constructor(files: readonly string[], slow: readonly string[]) {
    const rank = (file: string): number => {
      const at = slow.findIndex(each => file.startsWith(each))
      return at < 0 ? slow.length : at
    }
    const ordered = [...files].sort((a, b) => rank(a) - rank(b))
    this.#ofProcesses = ordered.filter(isOfProcesses)
    this.#others = ordered.filter(file => !isOfProcesses(file))
  }

  /** The next file for a worker that has nothing to do; undefined when there is none for it, now or later. */
  next(): string | undefined {
    if (this.#isTaken || this.#ofProcesses.length === 0) return this.#others.shift()
    this.#isTaken = true
    return this.#ofProcesses.shift()
  }

  done(file: string): void {
    if (isOfProcesses(file)) this.#isTaken = false
  }
}
