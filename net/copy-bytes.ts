/** Bytes up to which a loop is faster than the platform, which needs a view for it. */
const shortMax = 256

/**
 * Copies bytes from one place to the other of `source`.
 * @returns the place after them in `target`
 */
export function copyBytes(source: Uint8Array, from: number, to: number, target: Uint8Array, at: number): number {
  if (to - from > shortMax) {
    target.set(source.subarray(from, to), at)
    return at + to - from
  }
  // Two counters: sums as places take more than twice the time.
  let end = at
  for (let i = from; i < to; i++) target[end++] = source[i]!
  return end
}
