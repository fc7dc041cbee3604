import { expect } from 'chai'
import { accept, preAccept, proposeTo, takeSlowPath } from './support/rounds.ts'
import { Table } from './support/table.ts'
import { tellN } from './told/n.ts'
import { v } from './told/v.ts'

/** Reads go as commands. */
const readsInInstances = { readsWaitingMax: 0 }

describe('scenarios: what recovery must know of conflicts', () => {
  it('N (B11): a committed Nop stays in the dependencies of what comes after it', () => {
    tellN(new Table(5))
  })

  it('N (B11, B18): the same when D restarts before it votes for Y', () => {
    tellN(new Table(5), true)
  })

  it('V (B8): a duplicate of validate that comes after the accept of its ballot changes nothing', () => {
    v.tell(new Table(v.n))
  })

  it('section 2: a read depends on the write before it', () => {
    const table = new Table(3, readsInInstances)
    const X = proposeTo(table, 'A>B')
    table.deliver('preAcceptOk', 'B>A', X)
    table.sync('A')
    expect(table.decided(X)).to.equal('command {}')
    const read = table.submitRead('C')
    table.sync('C')
    preAccept(table, 'C>B', read)
    takeSlowPath(table, 'B>C', read)
    accept(table, 'C', 'B', read)
    expect(table.decided(read)).to.equal('command {A.1}')
  })

  it('section 2: a write depends on the read before it, a read does not', () => {
    const table = new Table(3, readsInInstances)
    const first = table.submitRead('A')
    table.sync('A')
    preAccept(table, 'A>B', first)
    table.deliver('preAcceptOk', 'B>A', first)
    table.sync('A')
    const second = table.submitRead('B')
    table.sync('B')
    preAccept(table, 'B>C', second)
    table.deliver('preAcceptOk', 'C>B', second)
    table.sync('B')
    expect([table.decided(first), table.decided(second)]).to.deep.equal(['command {}', 'command {}'])
    const write = proposeTo(table, 'C>B')
    takeSlowPath(table, 'B>C', write)
    accept(table, 'C', 'B', write)
    expect(table.decided(write)).to.equal('command {A.1, B.1}')
  })
})
