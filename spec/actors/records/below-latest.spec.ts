import { expect } from 'chai'
import { belowLatest } from '../../../actors/records/below-latest.ts'
import { commandOf, commitNop, idOf, ledgerOf, put, write } from '../support/ledger.ts'

describe('the latest records', () => {
  it('are kept of each row, so many and so many bytes of commands at most', () => {
    const { ledger } = ledgerOf(3)
    for (let index = 1; index <= 9; index++) {
      write(ledger, idOf(1, index), { phase: 'committed', cmd: commandOf(put('x')) })
      commitNop(ledger, idOf(2, index))
    }
    const below = (recordsKept: number, recordsKeptBytes: number) =>
      belowLatest(ledger, [9, 9, 8], { recordsKept, recordsKeptBytes })
    // One byte each; a Nop has none; where nothing is there is nothing to keep.
    expect(below(4, 100)).to.eql([5, 5, 4])
    expect(below(100, 3)).to.eql([0, 6, 0])
    expect(below(4, 2)).to.eql([5, 7, 4])
    expect(below(0, 100)).to.eql([9, 9, 8])
    ledger.truncate([0, 8, 0])
    expect(below(4, 100)).to.eql([5, 8, 4])
  })
})
