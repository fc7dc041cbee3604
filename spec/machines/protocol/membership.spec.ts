import { expect } from 'chai'
import { compareIds, formatId, idOfKey, keyOf, sameId } from '../../../machines/protocol/instance-id.ts'
import { createMembership, rankOf, ranksOf } from '../../../machines/protocol/membership.ts'

describe('membership', () => {
  it('ranks members by their ids, however they are listed', () => {
    const membership = createMembership([30, 7, 12])
    expect(membership.members).to.eql([7, 12, 30])
    expect(rankOf(membership, 12)).to.equal(1)
    expect(ranksOf(membership)).to.eql([0, 1, 2])
    expect(membership).to.deep.include({ epoch: 1 })
    expect(membership.quorums.n).to.equal(3)
  })

  it('refuses what is no member list, and who is no member', () => {
    for (const members of [[], [0], [1.5], [-1], [1, 1], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]])
      expect(() => createMembership(members), String(members)).to.throw(RangeError)
    expect(() => rankOf(createMembership([1, 2, 3]), 4)).to.throw(RangeError, '4 is not a member')
  })
})

describe('instance ids', () => {
  const id = (rank: number, index: number) => ({ epoch: 1, rank, index })

  it('have one key each, and come back from it', () => {
    const keys = new Set<number>()
    for (let rank = 0; rank < 9; rank++)
      for (const index of [1, 2, 15, 16, 17, 2 ** 40]) {
        const key = keyOf(id(rank, index))
        keys.add(key)
        expect(idOfKey(1, key)).to.eql(id(rank, index))
      }
    expect(keys.size).to.equal(9 * 6)
  })

  it('are ordered totally, the same everywhere: by rank, then by index', () => {
    const sorted = [id(2, 1), id(0, 10), id(0, 9), id(1, 3)].sort(compareIds)
    expect(sorted).to.eql([id(0, 9), id(0, 10), id(1, 3), id(2, 1)])
    expect(compareIds(id(1, 3), id(1, 3))).to.equal(0)
    expect(sameId(id(1, 3), id(1, 3))).to.equal(true)
    expect(sameId(id(1, 3), { ...id(1, 3), epoch: 2 })).to.equal(false)
  })

  it('are told by the member’s name', () => {
    const membership = createMembership([10, 20, 30])
    expect(formatId(id(2, 17), membership)).to.equal('30.17')
    expect(formatId(id(5, 17), membership)).to.equal('?5.17')
  })
})
