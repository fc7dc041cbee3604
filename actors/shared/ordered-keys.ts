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

/** Keys in the order of their bytes, whenever they were added. A range of them is found without a look at the others. */
export class OrderedKeys {
  /** All keys, in order, in chunks that are never empty. */
  #chunks: string[][] = []

  /** Adds a key that is not there. */
  add(key: string): void {
    if (this.#chunks.length === 0) {
      this.#chunks.push([key])
      return
    }
    const at = Math.min(this.#chunkOf(key), this.#chunks.length - 1)
    const chunk = this.#chunks[at]!
    chunk.splice(placeIn(chunk, key), 0, key)
    if (chunk.length > chunkKeysMax) this.#chunks.splice(at + 1, 0, chunk.splice(chunkKeysMax / 2))
  }

  /** Adds a key that comes after all others. */
  append(key: string): void {
    const last = this.#chunks.at(-1)
    // Half full, so that the next insertions split nothing.
    if (last === undefined || last.length >= chunkKeysMax / 2) this.#chunks.push([key])
    else last.push(key)
  }

  /** Removes a key that is there. */
  remove(key: string): void {
    const at = this.#chunkOf(key)
    const chunk = this.#chunks[at]!
    chunk.splice(placeIn(chunk, key), 1)
    if (chunk.length === 0) this.#chunks.splice(at, 1)
  }

  clear(): void {
    this.#chunks = []
  }

  /** The keys of a range, in order. They must not change meanwhile. */
  *range({ from, to }: KeyRange = {}): Generator<string, void> {
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
