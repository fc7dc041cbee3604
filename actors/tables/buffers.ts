/** Bytes of dropped buffers that are kept for reuse: those of a few slots. */
const keptBytesMax = 4 * 1_048_576
/** The least buffer. */
const leastBytes = 256

/**
 * Buffers of slots. Their sizes go up in steps of an eighth, and a few dropped ones are kept: under a steady load slots
 * are compacted from one to the next, and little is left to the garbage collector.
 */
export class Buffers {
  readonly #kept = new Map<number, Uint8Array[]>()
  #bytes = 0

  /** A buffer of at least so many bytes, with anything in it. */
  take(bytes: number): Uint8Array {
    const size = sizeOf(bytes)
    const found = this.#kept.get(size)?.pop()
    if (found === undefined) return new Uint8Array(size)
    this.#bytes -= size
    return found
  }

  /** Called with a buffer that nobody uses any more. */
  drop(buffer: Uint8Array): void {
    const size = buffer.length
    if (size < leastBytes || size > keptBytesMax) return
    if (this.#bytes + size > keptBytesMax) {
      // Of sizes that nobody asks for any more.
      this.#kept.clear()
      this.#bytes = 0
    }
    const kept = this.#kept.get(size)
    if (kept === undefined) this.#kept.set(size, [buffer])
    else kept.push(buffer)
    this.#bytes += size
  }
}

function sizeOf(bytes: number): number {
  if (bytes <= leastBytes) return leastBytes
  const step = 2 ** (31 - Math.clz32(bytes) - 3)
  return Math.ceil(bytes / step) * step
}
