import type { Tap } from '../../../actors/shared/tap.ts'

/**
 * Two taps as one.
 * @param first hears only as long as `hears` says so
 */
export function tapsOf(first: Tap, second: Tap, hears: () => boolean): Tap {
  const names = new Set([...Object.keys(first), ...Object.keys(second)]) as ReadonlySet<keyof Tap>
  const both: { [name: string]: (...args: readonly never[]) => void } = {}
  for (const name of names) {
    const one = first[name] as ((...args: readonly never[]) => void) | undefined
    const other = second[name] as ((...args: readonly never[]) => void) | undefined
    both[name] = (...args) => {
      if (hears()) one?.(...args)
      other?.(...args)
    }
  }
  return both
}
