import { expect } from 'chai'
import { RowBuffer } from '../../../storage/sqlite/row-buffer.ts'

describe('bytes of a row', () => {
  it('are as many as asked for, and the same for one row after another', () => {
    const rows = new RowBuffer()
    const first = rows.take(100)
    expect(first).to.have.length(100)
    first[0] = 1
    const second = rows.take(50)
    expect(second).to.have.length(50)
    expect(second.buffer).to.equal(first.buffer)
  })

  it('grow with the rows, and those of the largest are not kept', () => {
    const rows = new RowBuffer()
    const small = rows.take(100).buffer
    const grown = rows.take(100_000).buffer
    expect(grown).not.to.equal(small)
    expect(rows.take(5_000_000)).to.have.length(5_000_000)
    expect(rows.take(100_000).buffer).to.equal(grown)
  })
})
