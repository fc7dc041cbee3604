import type { Incr, Value } from './operation.ts'

/** A number is a whole one in decimal digits without leading zeros, that a double holds exactly; absent counts as 0. */
export function integerOf(state: Value): number | undefined {
  if (state === null) return 0
  if (!/^-?(0|[1-9]\d*)$/.test(state)) return undefined
  const number = Number(state)
  return Number.isSafeInteger(number) ? number : undefined
}

/** The value that an increment must have found, going by its sum; undefined: 0, which an absent key counts as too. */
export function baseOf({ args, result }: Incr): string | undefined {
  return result === null || result === args ? undefined : String(result - args)
}
