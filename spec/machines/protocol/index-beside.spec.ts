import { expect } from 'chai'
import type { Footprint } from '../../../machines/protocol/commands.ts'
import { ConflictIndex } from '../../../machines/protocol/conflict-index.ts'

const id = (rank: number, index: number) => ({ epoch: 1, rank, index })
const put = (key: string): Footprint => ({ reads: [], writes: [key] })

describe('a conflict index beside another (rule 8.12)', () => {
  /** 10,000 keys of rank 1, every second of them executed, and one payload that reads everything. */
  function donor(): ConflictIndex {
    const index = new ConflictIndex(3)
    for (let at = 1; at <= 10_000; at++) {
      index.enter(id(1, at), put(`k${at}`))
      if (at % 2 === 0) index.executed(id(1, at), put(`k${at}`))
    }
    index.enter(id(2, 9), { reads: 'all', writes: [] })
    return index
  }

  it('counts from the first moment on, and at each step of the merging', () => {
    const index = new ConflictIndex(3)
    index.enter(id(0, 4), put('k1'))
    const merged = new ConflictIndex(3)
    merged.mergeData(index.toData())
    merged.mergeData(donor().toData())
    const looks = ['k1', 'k2', 'k5000', 'k9999', 'k10000', 'none'].map(put)
    const expected = looks.map(look => [merged.conflicting(id(0, 5), look), merged.conflictingExecuted(id(0, 5), look)])
    const expectAll = () =>
      expect(
        looks.map(look => [index.conflicting(id(0, 5), look), index.conflictingExecuted(id(0, 5), look)]),
      ).to.deep.equal(expected)
    index.countBeside(donor())
    let steps = 0
    for (const _ of index.mergingBeside()) {
      expectAll()
      steps++
    }
    expect(steps, 'it pauses').to.be.at.least(2)
    expectAll()
    expect(index.toData()).to.deep.equal(merged.toData())
  })

  it('is merged into what the next checkpoint writes, and what comes in between counts too', () => {
    const index = new ConflictIndex(3)
    index.countBeside(donor())
    const merging = index.mergingBeside()
    merging.next()
    index.enter(id(0, 1), put('k10000'))
    while (merging.next().done !== true);
    expect(index.conflicting(id(2, 10), put('k10000'))).to.deep.equal([1, 10_000, 9])
    const names = new Set<string>()
    const pass = index.takingDirty()
    for (let some = pass.next(1_000); some.length > 0; some = pass.next(1_000))
      for (const { name } of some) names.add(name)
    expect(names.size).to.equal(10_002)
  })
})
