/** Maximum length of what is said about an error of user code: its message may hold a whole command. */
const wordsMax = 1_000

/** Anything that was thrown, in words. User code may throw what has none: nothing here throws. */
export function wordsOf(thrown: unknown): string {
  const words = wholeWordsOf(thrown)
  const some = words.length > wordsMax ? `${words.slice(0, wordsMax)} ...` : words
  // Half a character is refused wherever the words travel.
  return (some as string & { toWellFormed(): string }).toWellFormed()
}

function wholeWordsOf(thrown: unknown): string {
  try {
    return String(thrown)
  } catch {
    return 'something that has no words'
  }
}

/** The message of what user code has thrown, without the name of its class. A promise is let go of. */
export function messageOf(thrown: unknown): string {
  disown(thrown)
  try {
    if (thrown instanceof Error && typeof thrown.message === 'string') return wordsOf(thrown.message)
  } catch {
    // Said in other words below.
  }
  return wordsOf(thrown)
}

/** Anything that was thrown, as an error. */
export function asError(thrown: unknown): Error {
  try {
    return thrown instanceof Error ? thrown : new Error(wordsOf(thrown))
  } catch {
    // A proxy that throws when it is looked at.
    return new Error('something that has no words')
  }
}

/**
 * Says what user code returned, or threw, in place of what was expected of it. A promise is let go of: one that is
 * rejected, and that nobody waits for, would end the process.
 */
export function disown(returned: unknown): string {
  if (returned === null || returned === undefined) return String(returned)
  try {
    if (typeof (returned as PromiseLike<unknown>).then === 'function') {
      Promise.resolve(returned).catch(() => undefined)
      return 'a promise'
    }
    if (typeof returned === 'object') disownWithin(returned, lookedAtMax)
    if (Array.isArray(returned)) return `a list of ${returned.length}`
    const { name } = (returned as object).constructor
    return typeof returned === 'object' && typeof name === 'string' ? `an object (${name})` : `a ${typeof returned}`
  } catch {
    return `a ${typeof returned}`
  }
}

/** Maximum number of values in a returned object that are searched for promises. */
const lookedAtMax = 1_000

/** Lets go of the promises in an object. @returns the number of values that may still be looked at */
function disownWithin(object: object, budget: number): number {
  let left = budget
  for (const value of Object.values(object)) {
    if (left-- <= 0) break
    if (value instanceof Promise) value.catch(() => undefined)
    else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) left = disownWithin(value, left)
  }
  return left
}
