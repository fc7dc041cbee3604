import type { Value } from './operation.ts'

/** A number is an integer in decimal digits that a double holds exactly; an absent key counts as 0. */
export function integerOf(state: Value): number | undefined {
  if (state === null) return 0
  if (!/^-?\d+$/.test(state)) return undefined
  const number = Number(state)
  return Number.isSafeInteger(number) ? number : undefined
}
