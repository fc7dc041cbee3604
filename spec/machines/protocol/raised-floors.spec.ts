import { expect } from 'chai'
import type { Dependencies } from '../../../machines/protocol/dependencies.ts'
import { RaisedFloors } from '../../../machines/protocol/raised-floors.ts'

describe('raised floors (section 8, level 2)', () => {
  const promise = (floor: Dependencies, from: number) => ({ floor, from })
  const told = (...promises: ({ floor: Dependencies; from: number } | undefined)[]) => {
    const floors = new RaisedFloors(promises.length)
    promises.forEach((each, rank) => {
      if (each !== undefined) floors.told(rank, each)
    })
    return floors
  }

  it('takes the least that all have promised', () => {
    const floors = told(promise([5, 2, 0], 1), promise([3, 9, 9], 4), promise([4, 4, 4], 1))
    expect(floors.floor([0, 3, 0])).to.deep.equal([3, 2, 0])
  })

  it('takes nothing before all that came before a promise is executed by all', () => {
    const floors = told(promise([5, 5, 5], 1), promise([5, 5, 5], 4), promise([5, 5, 5], 1))
    expect(floors.floor([9, 2, 9])).to.equal(undefined)
    expect(floors.floor([9, 3, 9])).to.deep.equal([5, 5, 5])
  })

  it('takes nothing while one was not heard of', () => {
    expect(told(promise([5, 5, 5], 1), undefined, promise([5, 5, 5], 1)).floor([9, 9, 9])).to.equal(undefined)
  })

  it('under load: a promise that others follow comes into force all the same', () => {
    const floors = told(promise([1, 1], 5), promise([9, 9], 1))
    for (let round = 1; round <= 5; round++) {
      floors.told(0, promise([1 + round, 1], 5 + 10 * round))
      // All are always one promise behind.
      expect(floors.floor([10 * round - 6, 0]), `round ${round}`).to.deep.equal(round === 1 ? [1, 1] : [round, 1])
    }
  })

  it('what is in force stays so while the next promise waits', () => {
    const floors = told(promise([3, 3], 1), promise([3, 3], 1))
    expect(floors.floor([0, 0])).to.deep.equal([3, 3])
    floors.told(0, promise([8, 8], 20))
    floors.told(1, promise([8, 8], 1))
    expect(floors.floor([18, 9])).to.deep.equal([3, 3])
    expect(floors.floor([19, 9])).to.deep.equal([8, 8])
  })

  it('a lie about a far index does not stand in the way of the truth that follows', () => {
    const floors = told(promise([0, 0], 2 ** 40), promise([3, 3], 1))
    floors.told(0, promise([3, 3], 4))
    expect(floors.floor([3, 0])).to.deep.equal([3, 3])
  })

  it('a promise of more from the same index on replaces the one before', () => {
    const floors = told(promise([1, 1], 1), promise([9, 9], 1))
    floors.told(0, promise([2, 2], 1))
    expect(floors.floor([0, 0])).to.deep.equal([2, 2])
  })
})
