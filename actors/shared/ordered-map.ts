import { compareTexts, type KeyRange, OrderedKeys } from './ordered-keys.ts'

/**
 * A map whose entries stand in the order of their keys, whenever they were set: for what a state machine holds beside its
 * tables. Equal maps give their entries in the same order, so that a snapshot made of them cannot depend on the order of
 * insertion, as one made of a `Map` or an object does. A range of keys is found without a look at the others.
 */
export class OrderedMap<V> implements Iterable<readonly [string, V]> {
  readonly #values = new Map<string, V>()
  readonly #keys = new OrderedKeys()

  /** @param entries in any order; of equal keys the last one stands */
  constructor(entries: Iterable<readonly [string, V]> = []) {
    for (const [key, value] of entries) this.#values.set(key, value)
    for (const key of [...this.#values.keys()].sort(compareTexts)) this.#keys.append(key)
  }

  get size(): number {
    return this.#values.size
  }

  get(key: string): V | undefined {
    return this.#values.get(key)
  }

  has(key: string): boolean {
    return this.#values.has(key)
  }

  set(key: string, value: V): this {
    if (!this.#values.has(key)) this.#keys.add(key)
    this.#values.set(key, value)
    return this
  }

  delete(key: string): boolean {
    if (!this.#values.delete(key)) return false
    this.#keys.remove(key)
    return true
  }

  clear(): void {
    this.#values.clear()
    this.#keys.clear()
  }

  /** The keys of a range, in order. The map must not change meanwhile. */
  keys(range?: KeyRange): Generator<string, void> {
    return this.#keys.range(range)
  }

  /** The entries in the order of their keys. The map must not change meanwhile. */
  *[Symbol.iterator](): Generator<[key: string, value: V], void> {
    for (const key of this.keys()) yield [key, this.#values.get(key)!]
  }
}
