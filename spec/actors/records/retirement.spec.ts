import { expect } from 'chai'
import { type Entry, newEntry } from '../../../actors/records/entry.ts'
import { Retirement } from '../../../actors/records/retirement.ts'
import { idOf } from '../support/ledger.ts'

const entryOf = (index: number): Entry => {
  const entry = newEntry(idOf(0, index))
  entry.actor = {} as Entry['actor']
  return entry
}

describe('retirement', () => {
  it('waits for the flush that begins after it', () => {
    const retirement = new Retirement()
    retirement.add(entryOf(1))
    retirement.flushing()
    retirement.add(entryOf(2))
    retirement.flushed()
    expect([...retirement.takeDue()].map(({ id }) => id.index)).to.deep.equal([1])
    expect(retirement.hasDue).to.equal(false)
  })

  it('of thousands that have nothing left to do at once each turn ends some', () => {
    const retirement = new Retirement()
    for (let index = 1; index <= 3_000; index++) retirement.add(entryOf(index))
    retirement.flushing()
    retirement.flushed()
    const indices: number[] = []
    for (let turns = 0; retirement.hasDue; turns++) {
      const some = [...retirement.takeDue()]
      expect(some.length).to.be.within(1, 128)
      indices.push(...some.map(({ id }) => id.index))
      expect(turns).to.be.below(3_000)
    }
    expect(indices).to.deep.equal(Array.from({ length: 3_000 }, (_, at) => at + 1))
  })
})
