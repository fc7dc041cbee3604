import { Violation } from '../violation.ts'

/**
 * One execution order of conflicting commands everywhere, and each command once: what a replica applies to a key at a
 * version is what every replica applies there, also after a restart.
 */
export class Applications {
  /** Per key and version, the operation that made it. */
  readonly #writes = new Map<string, string>()
  /** Per operation, the key and version that it made, or saw. */
  readonly #places = new Map<string, string>()

  get operations(): number {
    return this.#places.size
  }

  wrote(replica: number, key: string, version: number, operation: string): void {
    const place = `${key}@${version}`
    const before = this.#writes.get(place)
    if (before !== undefined && before !== operation)
      throw new Violation(
        'execution order',
        `replica ${replica} executes ${operation} as ${place}, which was ${before}`,
      )
    this.#writes.set(place, operation)
    this.#once(replica, operation, place)
  }

  /** A read saw the key at this version. */
  read(replica: number, key: string, version: number, operation: string): void {
    this.#once(replica, operation, `${key}@${version}`)
  }

  has(operation: string): boolean {
    return this.#places.has(operation)
  }

  #once(replica: number, operation: string, place: string): void {
    const before = this.#places.get(operation)
    if (before !== undefined && before !== place)
      throw new Violation(
        'exactly once',
        `replica ${replica} executes ${operation} at ${place}; it was executed at ${before}`,
      )
    this.#places.set(operation, place)
  }
}
