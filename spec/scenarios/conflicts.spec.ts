import { expect } from 'chai'
import { accept, preAccept, proposeTo, recoverFrom, recoverWith, takeSlowPath, validateWith } from './support/rounds.ts'
import { Table } from './support/table.ts'

describe('scenarios: what recovery must know of conflicts', () => {
  /**
   * X of A and Y of B conflict, n = 5. C and D pre-accept X {}, E pre-accepts Y {}. E recovers X with {C, D, E}, k = 2,
   * and waits for Y. D recovers X with A: Nop.
   */
  function nopBeforeY() {
    const table = new Table(5)
    const X = proposeTo(table, 'A>CD')
    const Y = proposeTo(table, 'B>E')
    validateWith(table, 'E', X, 'CD')
    recoverWith(table, 'D', X, 'AC')
    table.deliver('commit', 'D>AC', X)
    expect(table.decided(X)).to.equal('Nop')
    return { table, X, Y }
  }

  /** D votes for Y, and Y is recovered without its coordinator. */
  function voteOfD({ table, Y }: ReturnType<typeof nopBeforeY>) {
    preAccept(table, 'B>D', Y)
    table.deliver('preAcceptOk', 'ED>B', Y)
    table.sync('B')
    table.drop('commit', 'B>*')
    recoverWith(table, 'E', Y, 'CD')
    expect(table.decided(Y), 'D has answered {A.1}: no fast path').to.equal('Nop')
  }

  it('N (B11): a committed Nop stays in the dependencies of what comes after it', () => {
    const before = nopBeforeY()
    expect(before.table.rule('E', before.X), 'E waits for Y').to.equal('4.5.3')
    voteOfD(before)
  })

  it('N (B11, B18): the same when D restarts before it votes for Y', () => {
    const before = nopBeforeY()
    before.table.pass('D', 50)
    before.table.sync('D')
    before.table.crash('D')
    before.table.restart('D')
    voteOfD(before)
  })

  it('V (B8): a duplicate of validate that comes after the accept of its ballot changes nothing', () => {
    const table = new Table(5)
    const X = proposeTo(table, 'A>C')
    proposeTo(table, 'B>E')
    recoverFrom(table, 'D', X, 'CE')
    const duplicate = table.inFlight('validate', 'D>E', X)
    table.deliver('validate', 'D>CE', X)
    table.sync('CED')
    table.deliver('validateOk', 'CE>D', X)
    table.sync('D')
    expect(table.rule('D', X)).to.equal('4.5.2')
    table.deliver('accept', 'D>CE', X)
    table.sync('CE')
    table.repeat(duplicate)
    table.sync('E')
    expect(table.record('E', X)?.cmd, 'E stands by its vote').to.equal('nop')
    table.deliver('acceptOk', 'CE>D', X)
    expect(table.decided(X)).to.equal('Nop')
    table.drop('commit', 'D>*')
    recoverWith(table, 'E', X, 'AB')
    expect(table.rule('E', X)).to.equal('4.3.2')
    expect(table.decided(X)).to.equal('Nop')
  })

  it('section 2: a read depends on the write before it', () => {
    const table = new Table(3)
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
    const table = new Table(3)
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
