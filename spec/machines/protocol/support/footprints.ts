import fc from 'fast-check'
import type { Footprint, Keys } from '../../../../machines/protocol/commands.ts'

const everyKey = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
/** A key that no footprint names: it stands for all that `all` means beyond them. */
const anyOtherKey = ' '

const keys: fc.Arbitrary<Keys> = fc.oneof(
  { weight: 1, arbitrary: fc.constant<Keys>('all') },
  { weight: 6, arbitrary: fc.uniqueArray(fc.constantFrom(...everyKey), { maxLength: 7 }) },
)
export const anyFootprint: fc.Arbitrary<Footprint> = fc.record({ reads: keys, writes: keys })

const setOf = (some: Keys): Set<string> => new Set(some === 'all' ? [...everyKey, anyOtherKey] : some)

/** Section 2 as it stands: they do not commute when one writes what the other reads or writes. */
export function conflictNaively(a: Footprint, b: Footprint): boolean {
  const meets = (left: Keys, right: Keys): boolean => [...setOf(left)].some(key => setOf(right).has(key))
  return meets(a.writes, b.writes) || meets(a.writes, b.reads) || meets(a.reads, b.writes)
}
