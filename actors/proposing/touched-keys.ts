import type { Footprint } from '../../machines/protocol/commands.ts'

/** The key that stands for the footprint `all`. */
const allKeys: unique symbol = Symbol('all')
/** A key that a command touches. */
export type Key = string | typeof allKeys

/** All keys of a footprint. */
export function keysOf({ reads, writes }: Footprint): readonly Key[] {
  const all: readonly Key[] = [allKeys]
  return [...(reads === 'all' ? all : reads), ...(writes === 'all' ? all : writes)]
}

/** Number of keys of a footprint. */
export const countKeys = ({ reads, writes }: Footprint): number =>
  (reads === 'all' ? 1 : reads.length) + (writes === 'all' ? 1 : writes.length)

/** Number of footprints that touch each key. */
export function countEach(footprints: Iterable<Footprint>): Map<Key, number> {
  const counts = new Map<Key, number>()
  for (const footprint of footprints) for (const key of keysOf(footprint)) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}
