import { expect } from 'chai'
import fc from 'fast-check'
import { quorumsOf } from '../../../machines/protocol/quorums.ts'
import { greatest, least, recordFloor } from '../../../machines/protocol/truncation.ts'

describe('truncation: records (level 1)', () => {
  const three = quorumsOf(3)
  const five = quorumsOf(5)

  it('takes what this replica and n - f - 1 others have executed durably', () => {
    expect(
      recordFloor(
        three,
        [9, 9, 9],
        [
          [4, 0, 9],
          [2, 7, 8],
        ],
      ),
    ).to.deep.equal([4, 7, 9])
    expect(
      recordFloor(
        five,
        [9, 9, 9, 9, 9],
        [
          [4, 1, 0, 9, 9],
          [3, 2, 0, 9, 8],
          [2, 3, 0, 9, 0],
          [1, 4, 9, 9, 0],
        ],
      ),
    ).to.deep.equal([3, 3, 0, 9, 8])
  })

  it('takes nothing that the own snapshot lacks', () => {
    expect(
      recordFloor(
        three,
        [3, 0, 5],
        [
          [9, 9, 9],
          [9, 9, 9],
        ],
      ),
    ).to.deep.equal([3, 0, 5])
  })

  it('counts a peer that was not heard of for nothing', () => {
    expect(recordFloor(three, [9, 9, 9], [undefined, [5, 5, 5]])).to.deep.equal([5, 5, 5])
    expect(recordFloor(three, [9, 9, 9], [undefined, undefined])).to.deep.equal([0, 0, 0])
    expect(recordFloor(quorumsOf(1), [9], [])).to.deep.equal([9])
  })

  const vector = (n: number) => fc.array(fc.nat(6), { minLength: n, maxLength: n })
  for (const n of [1, 2, 3, 4, 5, 7, 9]) {
    it(`n = ${n}: leaves too few without it for a recovery quorum`, () => {
      const quorums = quorumsOf(n)
      const others = fc.array(fc.option(vector(n), { nil: undefined }), { minLength: n - 1, maxLength: n - 1 })
      fc.assert(
        fc.property(vector(n), others, (own, told) => {
          const floor = recordFloor(quorums, own, told)
          floor.forEach((index, rank) => {
            if (index === 0) return
            const without = [own, ...told].filter(executed => (executed?.[rank] ?? 0) < index).length
            expect(without).to.be.below(quorums.slow)
            expect(own[rank]).to.be.at.least(index)
          })
        }),
      )
    })
  }
})

describe('truncation: vectors', () => {
  it('compares row by row', () => {
    expect(
      least([
        [1, 5],
        [2, 3],
        [9, 4],
      ]),
    ).to.deep.equal([1, 3])
    expect(greatest([1, 5], [2, 3])).to.deep.equal([2, 5])
  })
})
