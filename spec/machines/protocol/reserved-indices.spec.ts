import { expect } from 'chai'
import { reservedFor } from '../../../machines/protocol/reserved-indices.ts'

describe('reserved indices (section 6, the faster rule)', () => {
  it('are reserved anew when less than half a block is left', () => {
    expect(reservedFor(1, 0, 4), 'the first').to.equal(5)
    expect(reservedFor(3, 5, 4), 'two are left').to.equal(5)
    expect(reservedFor(4, 5, 4)).to.equal(8)
    expect(reservedFor(6, 5, 4), 'after a restart').to.equal(10)
  })

  it('always hold the index that is given away, and never more than a block beyond it', () => {
    for (const block of [1, 2, 3, 64])
      for (let index = 1, top = 0; index < 200; index++) {
        top = reservedFor(index, top, block)
        expect(top).to.be.within(index, index + block)
      }
  })
})
