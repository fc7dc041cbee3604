import { expect } from 'chai'
import { AgreedFloors } from '../../../machines/protocol/agreed-floors.ts'

describe('agreed floors', () => {
  it('a replica lets go what the highest of them says that its snapshot covers', () => {
    const floors = new AgreedFloors([0, 0, 0])
    floors.executed([2, 1, 0])
    floors.executed([2, 4, 0])
    expect(floors.within([1, 9, 9])).to.eql([0, 0, 0])
    expect(floors.within([2, 3, 9])).to.eql([2, 1, 0])
    expect(floors.within([2, 4, 0])).to.eql([2, 4, 0])
  })

  it('they make a chain, whatever is proposed: none is below the one before in any row', () => {
    const floors = new AgreedFloors([0, 0, 0])
    floors.executed([5, 0, 0])
    floors.executed([0, 3, 1])
    expect(floors.latest).to.eql([5, 3, 1])
    expect(floors.within([4, 9, 9]), 'the second has the first in it').to.eql([0, 0, 0])
    expect(floors.within([5, 2, 1])).to.eql([5, 0, 0])
  })

  it('who is far behind one of them still reaches those before it; the last are one when there are many', () => {
    const floors = new AgreedFloors([0])
    for (let at = 1; at <= 100; at++) floors.executed([at])
    expect(floors.within([7])).to.eql([7])
    expect(floors.within([99])).to.eql([14])
    expect(floors.within([100])).to.eql([100])
  })
})
