/** Values by number: equal keys get equal numbers, from 0 on, so that a whole state is a few numbers. */
export class Interned<T> {
  readonly #numbers = new Map<string, number>()
  readonly #values: T[] = []

  get size(): number {
    return this.#values.length
  }

  /** The number of the value that `key` stands for; `make` is called when it is new. */
  number(key: string, make: () => T): number {
    let found = this.#numbers.get(key)
    if (found === undefined) {
      found = this.#values.length
      this.#numbers.set(key, found)
      this.#values.push(make())
    }
    return found
  }

  value(number: number): T {
    const found = this.#values[number]
    if (found === undefined) throw new RangeError(`${number} was never given out`)
    return found
  }
}
