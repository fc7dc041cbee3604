import { expect } from 'chai'
import { accept, preAccept, propose, proposeTo, takeSlowPath } from './support/rounds.ts'
import { Table } from './support/table.ts'
import { commitOf, cycle, tellX1, x1 } from './told/x1.ts'

describe('scenarios: execution', () => {
  for (const applied of [0, 1, 2])
    it(`X1 (B25): A dies when it has applied ${applied} of the three, and executes the same order after its restart`, () => {
      tellX1(new Table(x1.n, x1.limits), applied)
    })

  it('X1 (B25): no snapshot falls between two members of a component', () => {
    const table = new Table(3, { snapshotCommands: 1 })
    const ids = cycle(table)
    table.deliver('commit', '*>B')
    table.deliver('commit', '*>A')
    table.sync('A')
    // A checkpoint begins with the first of them.
    table.pass('A', 20)
    table.crash('A')
    table.restart('A')
    for (const id of ids) table.ask('B>A', commitOf(table, id))
    table.pass('A', 100)
    expect(table.log('A'), 'one order, of all three').to.deep.equal(table.log('B'))
  })

  it('section 5: inside a component all have one order, whatever they heard first', () => {
    const table = new Table(3)
    cycle(table)
    for (const way of ['B>A', 'C>A', 'C>B', 'A>B', 'A>C', 'B>C'] as const) table.deliver('commit', way)
    expect(table.log('A')).to.have.length(3)
    expect(table.log('B'), 'one order').to.deep.equal(table.log('A'))
    expect(table.log('C'), 'one order').to.deep.equal(table.log('A'))
  })

  it('section 5: a dependency that is known and not committed is awaited', () => {
    const table = new Table(3)
    const Y = proposeTo(table, 'B>A')
    const X = proposeTo(table, 'A>B')
    table.deliver('preAcceptOk', 'B>A', X)
    table.sync('A')
    expect(table.decided(X)).to.equal('command {B.1}')
    expect(table.log('A'), 'B.1 is not decided').to.have.length(0)
    table.deliver('preAcceptOk', 'A>B', Y)
    table.sync('B')
    table.deliver('commit', 'B>A', Y)
    table.deliver('commit', 'A>B', X)
    expect(table.log('A')).to.have.length(2)
    expect(table.log('B')).to.deep.equal(table.log('A'))
  })

  it('B15 (B5): a command is answered when it is executed, never when it is committed', async () => {
    const table = new Table(3)
    const Y = propose(table, 'B')
    const X = proposeTo(table, 'A>B')
    takeSlowPath(table, 'B>A', X)
    accept(table, 'A', 'B', X)
    expect(table.decided(X)).to.equal('command {B.1}')
    expect(await table.answers(), 'B.1 is not decided').to.deep.equal([])
    // Others go on meanwhile: the executor waits inside no search.
    const Z = propose(table, 'A', 'other')
    preAccept(table, 'A>B', Z)
    table.deliver('preAcceptOk', 'B>A', Z)
    table.sync('A')
    expect(await table.answers(), 'Z is executed').to.have.length(1)
    preAccept(table, 'B>C', Y)
    table.deliver('preAcceptOk', 'C>B', Y)
    table.sync('B')
    table.deliver('commit', 'B>A', Y)
    expect(table.log('A')).to.have.length(2)
    expect(await table.answers()).to.have.length(3)
  })
})
