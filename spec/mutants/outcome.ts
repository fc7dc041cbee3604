/** What one trial has shown: printed by the trial, in the copy, as its last line. */
export type Outcome =
  /** Nothing failed. `tests` and `seeds` say how many were tried. */
  | { readonly caught: false; readonly tried: number }
  /** Something did: how it showed, and at which step of the schedule, or by which seed. */
  | { readonly caught: true; readonly how: string; readonly needed: string }

/** What broke, in few words: the property, or what the schedule expected. */
export function howOf(error: Error): string {
  const [first = ''] = error.message.split('\n')
  if (error.name === 'Violation') {
    const [property = '', ...rest] = first.split(': ')
    return property === 'invariant' ? `invariant: ${rest.slice(0, 2).join(': ')}` : property
  }
  if (error.name === 'AssertionError') {
    const [what, expected] = first.split(': expected ')
    return `not met: ${expected === undefined ? first : what}`
  }
  return first.replace('the schedule cannot go on: ', 'stuck: ')
}

/** Of code that cannot run nothing is learnt. XState tells of an error in a guard by its message alone. */
export const isBrokenCode = (error: Error): boolean =>
  /ReferenceError|SyntaxError|is not defined|is not a function/.test(`${error.name} ${error.message}`)
