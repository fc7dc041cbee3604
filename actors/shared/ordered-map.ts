/** Keys in one chunk; a full one is split in two. */
const chunkKeysMax = 512

/**
 * Compares two texts by their code points, which is the order of their bytes in UTF-8: negative if `a` comes first. The
 * operators `<` and `sort()` of the language go by halves of characters, and put some of the rare ones elsewhere.
 */
export function compareTexts(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)]
    if (x === y) continue
    const [isPartX, isPartY] = [isSurrogate(x), isSurrogate(y)]
    // A half of a character stands for one beyond all whole ones.
    return isPartX === isPartY ? x - y : isPartX ? 1 : -1
  }
  return a.length - b.length
}
const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff

/** A part of the keys, in order: from `from` on, before `to`; left out: from the first, to the last. */
export interface KeyRange {
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/**
 * A map whose entries stand in the order of their keys, whenever they were set: the state of a state machine. Equal
 * maps give their entries in the same order, so that a snapshot made of them cannot depend on the order of insertion,
 * as one made of a `Map` or an object does. A range of keys is found without a look at the others.
 */
export class OrderedMap<V> implements Iterable<readonly [string, V]> {
  readonly #values = new Map<string, V>()
  /** All keys, in order, in chunks that are never empty. */
  #chunks: string[][] = []

  /** @param entries in any order; of equal keys the last one stands */
  constructor(entries: Iterable<readonly [string, V]> = []) {
    for (const [key, value] of entries) this.#values.set(key, value)
    const keys = [...this.#values.keys()].sort(compareTexts)
    // Half full, so that the next insertions split nothing.
    for (let at = 0; at < keys.length; at += chunkKeysMax / 2) this.#chunks.push(keys.slice(at, at + chunkKeysMax / 2))
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
    if (!this.#values.has(key)) this.#insert(key)
    this.#values.set(key, value)
    return this
  }

  delete(key: string): boolean {
    if (!this.#values.delete(key)) return false
    const at = this.#chunkOf(key)
    const chunk = this.#chunks[at]!
    chunk.splice(placeIn(chunk, key), 1)
    if (chunk.length === 0) this.#chunks.splice(at, 1)
    return true
  }

  clear(): void {
    this.#values.clear()
    this.#chunks = []
  }

  /** The keys of a range, in order. The map must not change meanwhile. */
  *keys({ from, to }: KeyRange = {}): Generator<string, void> {
    let chunkAt = from === undefined ? 0 : this.#chunkOf(from)
    let at = from === undefined || chunkAt === this.#chunks.length ? 0 : placeIn(this.#chunks[chunkAt]!, from)
    for (; chunkAt < this.#chunks.length; chunkAt++, at = 0) {
      const chunk = this.#chunks[chunkAt]!
      for (; at < chunk.length; at++) {
        if (to !== undefined && compareTexts(chunk[at]!, to) >= 0) return
        yield chunk[at]!
      }
    }
  }

  /** The entries in the order of their keys. The map must not change meanwhile. */
  *[Symbol.iterator](): Generator<[key: string, value: V], void> {
    for (const key of this.keys()) yield [key, this.#values.get(key)!]
  }

  #insert(key: string): void {
    if (this.#chunks.length === 0) {
      this.#chunks.push([key])
      return
    }
    const at = Math.min(this.#chunkOf(key), this.#chunks.length - 1)
    const chunk = this.#chunks[at]!
    chunk.splice(placeIn(chunk, key), 0, key)
    if (chunk.length > chunkKeysMax) this.#chunks.splice(at + 1, 0, chunk.splice(chunkKeysMax / 2))
  }

  /** The place of the first chunk that does not end before the key. */
  #chunkOf(key: string): number {
    let [low, high] = [0, this.#chunks.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (compareTexts(this.#chunks[middle]!.at(-1)!, key) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** The place of the first key that is not before this one. */
function placeIn(chunk: readonly string[], key: string): number {
  let [low, high] = [0, chunk.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareTexts(chunk[middle]!, key) < 0) low = middle + 1
    else high = middle
  }
  return low
}
