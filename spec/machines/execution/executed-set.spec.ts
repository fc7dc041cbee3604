import { expect } from 'chai'
import fc from 'fast-check'
import { ExecutedSet } from '../../../machines/execution/executed-set.ts'
import { InvariantError } from '../../../machines/protocol/errors.ts'
import { id } from './random-graphs.ts'

describe('executed set', () => {
  it('grows a prefix per row, and keeps what lies above it', () => {
    const set = new ExecutedSet(3)
    expect(set.add(id(0, 2))).to.equal(true)
    expect(set.add(id(0, 2))).to.equal(false)
    expect(set.add(id(2, 1))).to.equal(true)
    expect(set.prefix()).to.deep.equal([0, 0, 1])
    expect(set.count).to.equal(2)
    expect([set.has(id(0, 1)), set.has(id(0, 2)), set.has(id(2, 1)), set.has(id(1, 1))]).to.deep.equal([
      false,
      true,
      true,
      false,
    ])
    set.add(id(0, 5))
    set.add(id(0, 1))
    expect(set.toData()).to.deep.equal({ prefix: [2, 0, 1], above: [[5], [], []] })
    expect(set.count).to.equal(4)
  })

  it('is the same set whatever the order, and after a journey as plain data', () => {
    const ids = fc.uniqueArray(fc.record({ rank: fc.nat(2), index: fc.integer({ min: 1, max: 12 }) }), {
      selector: each => each.index * 3 + each.rank,
    })
    fc.assert(
      fc.property(ids, fc.nat(), (all, cut) => {
        const whole = new ExecutedSet(3)
        for (const { rank, index } of all) whole.add(id(rank, index))
        const at = cut % (all.length + 1)
        const part = new ExecutedSet(3)
        for (const { rank, index } of all.slice(at)) part.add(id(rank, index))
        const rest = ExecutedSet.fromData(JSON.parse(JSON.stringify(part.toData())))
        const copy = rest.copy()
        for (const { rank, index } of all.slice(0, at)) rest.add(id(rank, index))
        expect(rest.toData()).to.deep.equal(whole.toData())
        expect(whole.count).to.equal(all.length)
        expect(copy.toData()).to.deep.equal(part.toData())
        for (let rank = 0; rank < 3; rank++) {
          for (let index = 1; index <= 12; index++) {
            expect(whole.has(id(rank, index))).to.equal(all.some(each => each.rank === rank && each.index === index))
            if (index <= whole.prefix()[rank]!) expect(whole.has(id(rank, index))).to.equal(true)
          }
          expect(whole.has(id(rank, whole.prefix()[rank]! + 1))).to.equal(false)
        }
      }),
    )
  })

  it('refuses data whose parts do not fit', () => {
    expect(() => ExecutedSet.fromData({ prefix: [1, 2], above: [[]] })).to.throw(InvariantError, /2 prefixes/)
  })
})
