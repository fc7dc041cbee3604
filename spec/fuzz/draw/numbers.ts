import type { Draw } from '../../sim/world/random.ts'

/** Numbers that a field allows and nobody means: the edges of types, and of limits. */
const edges: readonly number[] = [
  0,
  1,
  2,
  127,
  255,
  65_535,
  16_383,
  16_384,
  16_385,
  49_152,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 48,
  2 ** 50,
  2 ** 52,
  Number.MAX_SAFE_INTEGER - 1,
  Number.MAX_SAFE_INTEGER,
]

/** A number that lies. @param near one that would be true: most lies are not far from it */
export function lie(draw: Draw, near = 0): number {
  if (draw.chance(0.5)) return draw.pick(edges)
  const off = draw.whole(1, draw.pick([3, 300, 20_000]))
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, draw.chance(0.8) ? near + off : near - off))
}

/** Numbers that are no whole numbers of 0 to 2^53 - 1, for doors that take JSON. */
export const strange = (draw: Draw): unknown =>
  draw.pick<unknown>([-1, -0, 0.5, 1e308, -1e308, Number.MAX_SAFE_INTEGER + 2, null, '1', 'NaN', [], {}, true])
