const smallest = 4_096
/** Maximum size of a kept buffer. */
const keptMax = 1_048_576

/**
 * The bytes of one row of the journal after another: one flush is under way at a time, so they are free when the next
 * begins. A new buffer for each flush would lie outside of V8's heap, and cause more collections.
 */
export class RowBuffer {
  #kept = Buffer.alloc(0)

  /** Valid until the next call. It holds bytes of earlier rows. */
  take(bytes: number): Buffer {
    if (bytes > keptMax) return Buffer.allocUnsafeSlow(bytes)
    if (bytes > this.#kept.length)
      this.#kept = Buffer.allocUnsafeSlow(Math.max(smallest, 2 ** Math.ceil(Math.log2(bytes))))
    return this.#kept.subarray(0, bytes)
  }
}
