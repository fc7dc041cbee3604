import { expect } from 'chai'
import fc from 'fast-check'
import type { Footprint } from '../../../machines/protocol/commands.ts'
import { ConflictIndex } from '../../../machines/protocol/conflict-index.ts'
import { noDependencies, normalised } from '../../../machines/protocol/dependencies.ts'
import type { IndexEntry } from '../../../machines/protocol/index-passes.ts'
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

  it('says of the truncated index what a list of all that was executed says', () => {
    const entry = fc.tuple(anyId, anyFootprint, fc.boolean())
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 20 }), entry, (entered, [id, footprint]) => {
        const index = new ConflictIndex(n)
        const highest = [...noDependencies(n)]
        for (const [each, touched, isExecuted] of entered) {
          index.enter(each, touched)
          if (!isExecuted) continue
          index.executed(each, touched)
          if (conflictNaively(touched, footprint)) highest[each.rank] = Math.max(highest[each.rank]!, each.index)
        }
        expect(index.conflictingExecuted(id, footprint)).to.eql(normalised(id, highest))
      }),
      { numRuns: 1_000 },
    )
  })

  it('carries indices beyond 32 bits', () => {
    const index = new ConflictIndex(n)
    index.enter(id(1, 2 ** 40), put('x'))
    expect(index.conflicting(id(0, 1), get('x'))).to.eql([0, 2 ** 40, 0])
  })

  const many = (count: number) => Array.from({ length: count }, (_, at) => `key ${at}`)

  it('evicts in slices the keys of which nothing lies above the floor, and no others', () => {
    const index = new ConflictIndex(n)
    many(5_000).forEach((key, at) => {
      index.enter(id(at % n, at + 1), put(key))
    })
    const pass = index.evicting([2_500, 2_500, 2_500])
    let slices = 1
    while (!pass.next(100)) {
      slices++
      // Commands come in between.
      index.enter(id(0, 6_000 + slices), put('key 0'))
    }
    expect(slices).to.be.above(20)
    expect(index.conflicting(id(1, 1), get('key 1'))).to.eql([0, 0, 0])
    expect(index.conflicting(id(1, 1), get('key 2500'))).to.eql([0, 2_501, 0])
    expect(index.conflicting(id(1, 1), get('key 0'))[0], 'it was touched meanwhile').to.be.above(6_000)
    expect(index.size).to.be.within(2_500, 2_501)
  })

  it('a footprint that was looked up before an eviction is entered where it belongs', () => {
    const index = new ConflictIndex(n)
    index.enter(id(0, 1), put('x'))
    const footprint = put('x')
    index.conflicting(id(1, 1), footprint)
    index.evicting([9, 9, 9]).next(10)
    index.enter(id(1, 1), footprint)
    expect(index.conflicting(id(2, 1), get('x'))).to.eql([0, 1, 0])
  })

  it('gives the memory of a flood back, and keeps what is left', () => {
    const index = new ConflictIndex(n)
    many(50_000).forEach((key, at) => {
      index.enter(id(at % n, at + 1), { reads: [`also ${at % 7}`], writes: [key] })
    })
    index.evicting([49_990, 49_990, 49_990]).next(1_000_000)
    // All of the last ten, and the keys that were read after that.
    expect(index.size).to.equal(17)
    many(10).forEach((_, at) => {
      expect(index.conflicting(id(0, 1), get(`key ${49_990 + at}`))[(49_990 + at) % n]).to.equal(49_991 + at)
      expect(index.conflicting(id(0, 1), put(`also ${at % 7}`)).some(each => each > 49_900)).to.equal(true)
    })
  })

  /** The table of a checkpoint, as the index writes it. */
  function save(index: ConflictIndex, table: Map<string, IndexEntry>, entriesMax = 3): number {
    const pass = index.takingDirty()
    let count = 0
    for (let taken = pass.next(entriesMax); taken.length > 0; taken = pass.next(entriesMax))
      for (const entry of taken) {
        count++
        if (entry.entries === undefined) table.delete(entry.name)
        else table.set(entry.name, entry)
      }
    return count
  }

  function restored(table: ReadonlyMap<string, IndexEntry>): ConflictIndex {
    const index = new ConflictIndex(n)
    for (const entry of table.values()) index.restore(entry)
    return index
  }

  it('a table that takes what has changed, in slices, restores an equal index, whatever was entered and evicted', () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.tuple(anyId, anyFootprint, fc.boolean()) },
      { weight: 1, arbitrary: fc.record({ floor: fc.array(fc.nat(8), { minLength: n, maxLength: n }) }) },
      { weight: 2, arbitrary: fc.constant('save' as const) },
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), steps => {
        const index = new ConflictIndex(n)
        const table = new Map<string, IndexEntry>()
        for (const each of steps) {
          if (each === 'save') save(index, table)
          else if ('floor' in each) index.evicting(each.floor).next(1_000)
          else {
            index.enter(each[0], each[1])
            if (each[2]) index.executed(each[0], each[1])
          }
        }
        save(index, table)
        expect(restored(table).toData()).to.eql(index.toData())
        expect(save(index, table), 'nothing has changed since').to.equal(0)
        expect(save(restored(table), table), 'what was restored is in the table').to.equal(0)
      }),
      { numRuns: 1_000 },
    )
  })

  it('what is entered while the table is written does not get lost, and all of before comes with the pass', () => {
    const index = new ConflictIndex(n)
    for (const key of many(50)) index.enter(id(0, 1), put(key))
    const pass = index.takingDirty()
    const table = new Map<string, IndexEntry>()
    for (let at = 0, taken = pass.next(5); taken.length > 0; taken = pass.next(5), at++) {
      for (const entry of taken) table.set(entry.name, entry)
      if (at < 5) for (const key of many(50)) index.enter(id(1, 10 + at), put(key))
    }
    for (const key of many(50)) expect(table.get(`=${key}`)?.entries?.writes[0], key).to.equal(1)
    save(index, table)
    expect(restored(table).toData()).to.eql(index.toData())
  })

  it('merges the entries of another replica by maximum, and writes them with the next table', () => {
    const table = new Map<string, IndexEntry>()
    const other = new ConflictIndex(n)
    other.enter(id(1, 5), put('x'))
    other.enter(id(2, 9), { reads: 'all', writes: [] })
    save(other, table)
    const index = new ConflictIndex(n)
    index.enter(id(1, 7), put('x'))
    index.enter(id(0, 2), put('x'))
    const own = new Map<string, IndexEntry>()
    save(index, own)
    for (const entry of table.values()) index.merge(entry)
    expect(index.conflicting(id(0, 3), put('x'))).to.eql([2, 7, 9])
    save(index, own)
    expect(restored(own).conflicting(id(0, 3), put('x'))).to.eql([2, 7, 9])
  })
})
