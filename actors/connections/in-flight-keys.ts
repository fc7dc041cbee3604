import type { Keys } from '../../machines/protocol/commands.ts'

/**
 * The keys of some commands in flight of one connection. Its requests may be sent without waiting, and reads by quorum go
 * another way than commands, so a connection remembers which must not overtake each other
 * ([rule 5a.7](../../machines/protocol/README.md#rule-5a-7)).
 */
export class InFlightKeys {
  readonly #counts = new Map<string, number>()
  /** Number of commands that touch every key. */
  #all = 0

  get isEmpty(): boolean {
    return this.#all === 0 && this.#counts.size === 0
  }

  add(keys: Keys): void {
    if (keys === 'all') this.#all++
    else for (const key of keys) this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
  }

  delete(keys: Keys): void {
    if (keys === 'all') {
      this.#all--
      return
    }
    for (const key of keys) {
      const count = this.#counts.get(key)! - 1
      if (count > 0) this.#counts.set(key, count)
      else this.#counts.delete(key)
    }
  }

  /** Whether a command in flight touches one of these keys. */
  meets(keys: Keys): boolean {
    if (this.isEmpty) return false
    if (keys === 'all') return true
    if (this.#all > 0) return keys.length > 0
    return keys.some(key => this.#counts.has(key))
  }
}
