import type { Footprint } from '../../machines/protocol/commands.ts'
import { ConflictIndex } from '../../machines/protocol/conflict-index.ts'
import { measure } from './support/measure.ts'

/** D0 of an instance, and its entry, as for every preAccept. Operations are instances. */
const many = 10_000
const writes = (...keys: string[]): Footprint => ({ reads: [], writes: keys })
const key = (at: number) => `user:key:${at}`
const shapes: readonly (readonly [label: string, footprint: (at: number) => Footprint])[] = [
  ['one key of 100,000', at => writes(key((at * 7_919) % 100_000))],
  ['one hot key', () => writes('hot')],
  ['64 keys of 100,000', at => writes(...Array.from({ length: 64 }, (_, k) => key((at * 64 + k) % 100_000)))],
  ['a read of one key', at => ({ reads: [key((at * 7_919) % 100_000)], writes: [] })],
  ['a read of everything', () => ({ reads: 'all', writes: [] })],
]

for (const [label, footprintAt] of shapes) {
  const footprints = Array.from({ length: many }, (_, at) => footprintAt(at))
  const index = new ConflictIndex(3)
  let next = 1
  await measure(label, many, () => {
    for (const footprint of footprints) {
      const id = { epoch: 1, rank: next % 3, index: next++ }
      index.conflicting(id, footprint)
      index.enter(id, footprint)
    }
  })
}
