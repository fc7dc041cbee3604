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

/** A million keys, as while a member is away; then it is back, and all but the last of them go. */
const keys = 1_000_000
const large = new ConflictIndex(3)
let index = 1
const enter = (at: number) => {
  const footprint = writes(key(at))
  const id = { epoch: 1, rank: index % 3, index: index++ }
  large.conflicting(id, footprint)
  large.enter(id, footprint)
  large.executed(id, footprint)
}
for (let at = 0; at < keys; at++) enter(at)
await measure('one key of 1,000,000', many, () => {
  for (let at = 0; at < many; at++) enter((at * 7_919) % keys)
})
const pass = large.evicting([index - many, index - many, index - many])
let longestMs = 0
let slices = 0
for (let isOver = false; !isOver; slices++) {
  const sinceMs = performance.now()
  isOver = pass.next(2_048)
  longestMs = Math.max(longestMs, performance.now() - sinceMs)
}
console.log(
  `eviction of 1,000,000 keys: ${slices} slices, the longest ${longestMs.toFixed(1)} ms, ${large.size} keys left`,
)
