import { expect } from 'chai'
import fc from 'fast-check'
import type { Footprint } from '../../../machines/protocol/commands.ts'
import { ConflictIndex } from '../../../machines/protocol/conflict-index.ts'
import { noDependencies, normalised } from '../../../machines/protocol/dependencies.ts'
import type { InstanceId } from '../../../machines/protocol/instance-id.ts'
import { anyFootprint, conflictNaively } from './support/footprints.ts'

const n = 3
const anyId: fc.Arbitrary<InstanceId> = fc.record({
  epoch: fc.constant(1),
  rank: fc.nat(n - 1),
  index: fc.integer({ min: 1, max: 8 }),
})

describe('conflict index', () => {
  it('says what a list of all payloads says', () => {
    const entry = fc.tuple(anyId, anyFootprint)
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 20 }), entry, (entered, [id, footprint]) => {
        const index = new ConflictIndex(n)
        for (const [each, touched] of entered) index.enter(each, touched)
        const highest = [...noDependencies(n)]
        for (const [each, touched] of entered)
          if (conflictNaively(touched, footprint)) highest[each.rank] = Math.max(highest[each.rank]!, each.index)
        expect(index.conflicting(id, footprint)).to.eql(normalised(id, highest))
      }),
      { numRuns: 2_000 },
    )
  })

  const put = (key: string): Footprint => ({ reads: [], writes: [key] })
  const get = (key: string): Footprint => ({ reads: [key], writes: [] })
  const id = (rank: number, index: number): InstanceId => ({ epoch: 1, rank, index })

  it('never lowers an entry, whatever comes later', () => {
    const index = new ConflictIndex(n)
    index.enter(id(1, 7), put('x'))
    index.enter(id(1, 3), put('x'))
    index.enter(id(1, 7), put('x'))
    expect(index.conflicting(id(0, 1), get('x'))).to.eql([0, 7, 0])
  })

  it('keeps readers and writers of a key apart', () => {
    const index = new ConflictIndex(n)
    index.enter(id(1, 2), get('x'))
    index.enter(id(2, 5), put('x'))
    expect(index.conflicting(id(0, 1), get('x'))).to.eql([0, 0, 5])
    expect(index.conflicting(id(0, 1), put('x'))).to.eql([0, 2, 5])
    expect(index.conflicting(id(0, 1), put('y'))).to.eql([0, 0, 0])
  })

  it('keeps a row for what touches every key', () => {
    const index = new ConflictIndex(n)
    index.enter(id(1, 2), { reads: 'all', writes: [] })
    expect(index.conflicting(id(0, 1), put('never seen'))).to.eql([0, 2, 0])
    expect(index.conflicting(id(0, 1), get('never seen'))).to.eql([0, 0, 0])
    expect(index.size).to.equal(0)
  })

  it('never names the id itself', () => {
    const index = new ConflictIndex(n)
    index.enter(id(0, 4), put('x'))
    expect(index.conflicting(id(0, 4), put('x'))).to.eql([3, 0, 0])
    expect(index.conflicting(id(0, 3), put('x'))).to.eql([4, 0, 0])
  })

  it('gives a vector of its own each time', () => {
    const index = new ConflictIndex(n)
    index.enter(id(1, 2), put('x'))
    const first = index.conflicting(id(0, 1), put('x'))
    index.enter(id(1, 3), put('x'))
    expect(first).to.eql([0, 2, 0])
  })
})
