import { Violation } from '../violation.ts'

/** Where a command stands among those that touch a key: it made this version, or saw it. */
export interface Place {
  readonly key: string
  readonly version: number
  readonly isWrite: boolean
}

const textOf = ({ key, version, isWrite }: Place): string => `${key}@${version}${isWrite ? '' : ' (read)'}`

/**
 * One execution order of conflicting commands everywhere, and each command that writes once: what a replica applies to a
 * key at a version is what every replica applies there, also after a restart. A read that is sent again reads again (rule
 * 5.2); what it saw is judged by the histories.
 */
export class Applications {
  /** Per key and version, the operation that made it. */
  readonly #writes = new Map<string, string>()
  /** Per operation, where it stands. */
  readonly #places = new Map<string, string>()
  /** Operations that were executed, and only read. */
  readonly #reads = new Set<string>()
  /** Per operation, the keys and versions that it made. */
  readonly #made = new Map<string, readonly Place[]>()

  /** Whether a command that writes was executed anywhere. */
  hasWritten(operation: string): boolean {
    return this.#made.has(operation)
  }

  executed(replica: string, operation: string, places: readonly Place[]): void {
    for (const place of places) {
      if (!place.isWrite) continue
      const name = textOf(place)
      const before = this.#writes.get(name)
      if (before !== undefined && before !== operation)
        throw new Violation(
          'execution order',
          `replica ${replica} executes ${operation} as ${name}, which was ${before}`,
          [operation, before],
        )
      this.#writes.set(name, operation)
    }
    if (!places.some(({ isWrite }) => isWrite)) {
      this.#reads.add(operation)
      return
    }
    const standing = places.map(textOf).join(', ')
    const before = this.#places.get(operation)
    if (before !== undefined && before !== standing)
      throw new Violation(
        'exactly once',
        `replica ${replica} executes ${operation} at ${standing}; it was executed at ${before}`,
        [operation],
      )
    this.#places.set(operation, standing)
    if (before === undefined)
      this.#made.set(
        operation,
        places.filter(place => place.isWrite),
      )
  }

  /** Nothing acknowledged is lost: it was executed, and this state has all that it wrote. */
  isKept(operation: string, versionOf: (key: string) => number): boolean {
    return (
      this.#made.get(operation)?.every(({ key, version }) => versionOf(key) >= version) ?? this.#reads.has(operation)
    )
  }
}
