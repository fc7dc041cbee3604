import { expect } from 'chai'
import fc from 'fast-check'
import { OrderedRow } from '../../../machines/execution/ordered-row.ts'
import { InvariantError } from '../../../machines/protocol/errors.ts'

describe('ordered row', () => {
  it('answers as a sorted list would, through additions at the end and removals anywhere', () => {
    const steps = fc.array(fc.record({ add: fc.boolean(), of: fc.integer({ min: 1, max: 100 }) }), { maxLength: 300 })
    fc.assert(
      fc.property(steps, all => {
        const row = new OrderedRow<string>()
        const model = new Set<number>()
        let last = 0
        for (const { add, of } of all) {
          if (add) {
            last += 1 + (of % 2)
            model.add(last)
            expect(row.add(last, `${last}`)).to.equal(true)
            expect(row.add(last, `${last}`)).to.equal(false)
          } else {
            expect(row.remove(of)).to.equal(model.delete(of))
          }
          expect(row.size).to.equal(model.size)
          for (const at of [0, of - 1, of, of + 1, 1000]) {
            const highest = Math.max(0, ...[...model].filter(each => each <= at))
            expect(row.lastAtOrBelow(at)).to.equal(highest === 0 ? undefined : `${highest}`)
          }
        }
      }),
    )
  })

  it('refuses an addition out of order', () => {
    const row = new OrderedRow<string>()
    row.add(5, 'five')
    expect(() => row.add(4, 'four')).to.throw(InvariantError, /above 5/)
  })
})
