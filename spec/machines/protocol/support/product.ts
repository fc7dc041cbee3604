/** All sequences of `length` letters. */
export function* product<T>(letters: readonly T[], length: number): Iterable<readonly T[]> {
  if (length === 0) {
    yield []
    return
  }
  for (const rest of product(letters, length - 1)) for (const letter of letters) yield [...rest, letter]
}
