/** Specs of real processes: each wants the machine's cores. */
const isOfProcesses = (file: string): boolean => /^spec\/(cluster|documents)\//.test(file)
/** Those that may listen on the program's default ports. */
const isOfDefaultPorts = (file: string): boolean =>
  /^spec\/(documents\/|cluster\/(command-line|data-directory|first-start|outlives-readers|secret|start)\.spec)/.test(
    file,
  )
/** Files with real processes that may be under way at a time. */
const ofProcessesMax = 2

/**
 * Files of specs, given out one by one: of those with real processes two are under way at a time, and one of those on
 * default ports. They go first, because they take the longest in all.
 */
export class Schedule {
  readonly #ofProcesses: string[]
  readonly #others: string[]
  readonly #underWay = new Set<string>()

  /** @param slow files that take long, beginnings of their paths: they begin early, so that nobody waits for them at the end */
  constructor(files: readonly string[], slow: readonly string[]) {
    const rank = (file: string): number => {
      const at = slow.findIndex(each => file.startsWith(each))
      return at < 0 ? slow.length : at
    }
    const ordered = [...files].sort((a, b) => rank(a) - rank(b))
    const ofProcesses = ordered.filter(isOfProcesses)
    this.#ofProcesses = [
      ...ofProcesses.filter(isOfDefaultPorts),
      ...ofProcesses.filter(file => !isOfDefaultPorts(file)),
    ]
    this.#others = ordered.filter(file => !isOfProcesses(file))
  }

  /** The next file for a worker that has nothing to do; undefined when there is none for it, now or later. */
  next(): string | undefined {
    return this.#nextOfProcesses() ?? this.#others.shift()
  }

  done(file: string): void {
    this.#underWay.delete(file)
  }

  #nextOfProcesses(): string | undefined {
    if (this.#underWay.size >= ofProcessesMax) return undefined
    const arePortsTaken = [...this.#underWay].some(isOfDefaultPorts)
    const at = this.#ofProcesses.findIndex(file => !arePortsTaken || !isOfDefaultPorts(file))
    if (at < 0) return undefined
    const [file] = this.#ofProcesses.splice(at, 1)
    this.#underWay.add(file!)
    return file
  }
}
