const smallest = 4_096
/** A larger one is not kept. */
const keptMax = 1_048_576

/**
 * The bytes of one row of the journal after another: one flush is under way at a time, so they are free when the next begins. A
 * buffer a flush would lie outside of V8's heap, and make it collect the more often.
 */
export class RowBuffer {
  #kept = Buffer.alloc(0)

  /** Valid until the next call. What it holds is left from rows before. */
  take(bytes: number): Buffer {
    if (bytes > keptMax) return Buffer.allocUnsafeSlow(bytes)
    if (bytes > this.#kept.length)
      this.#kept = Buffer.allocUnsafeSlow(Math.max(smallest, 2 ** Math.ceil(Math.log2(bytes))))
    return this.#kept.subarray(0, bytes)
  }
}
