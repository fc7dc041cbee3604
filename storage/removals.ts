/** The segments of a state store that may go: those that nothing names any more, once nobody reads them. */
export class Removals {
  readonly #pins = new Map<number, number>()
  readonly #waiting = new Set<number>()

  /** Adds segments that nothing names any more. @returns those that may go now */
  add(keys: readonly number[]): readonly number[] {
    return keys.filter(key => {
      const isPinned = this.#pins.has(key)
      if (isPinned) this.#waiting.add(key)
      return !isPinned
    })
  }

  pin(keys: readonly number[]): void {
    for (const key of keys) this.#pins.set(key, (this.#pins.get(key) ?? 0) + 1)
  }

  /** Called once for each `pin`. @returns the segments that may go now */
  unpin(keys: readonly number[]): readonly number[] {
    const free: number[] = []
    for (const key of keys) {
      const left = this.#pins.get(key)! - 1
      if (left > 0) this.#pins.set(key, left)
      else {
        this.#pins.delete(key)
        if (this.#waiting.delete(key)) free.push(key)
      }
    }
    return free
  }
}
